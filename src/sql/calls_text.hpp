#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "model/calls_part.hpp"
#include "model/table.hpp"
#include "sql/call_words.hpp"
#include "sql/view_text.hpp"

// The views over the calls of all sources (docs/views.md) as texts of SQL. Pure.
namespace ringtail::sql {

struct CallsView {
    std::string name;
    std::string select;
    std::string mark;  // as view_mark(): in the select, and another one for another select
};

// Views that begin so are the parts of `calls`, one for each source.
std::string part_prefix(const CallsPart& part);

// The part of one source. `find` as in resolve_view(), `star` makes the SELECT of CallRows::rows.
CallsView part_view(const CallsPart& part, std::span<const Table> tables,
                    const std::function<ViewTable(const Table&)>& find, const NameRules& captions,
                    const std::function<std::string(const ViewText&)>& star,
                    const CallWords& words);

// `calls` over all `parts`, and the views over `calls`, which `shown` finds. The parts are names as
// in the SQL.
std::vector<CallsView> shared_views(const std::string& prefix, std::span<const std::string> parts,
                                    const std::function<std::string(const std::string&)>& shown,
                                    const CallWords& words);

// The line of the log where the views cannot be made.
void say_no_calls(std::string_view why, Logger& log);

// Whether a view's stored definition is one of ours, not of somebody who took its name.
bool is_calls_view(std::string_view definition);

}  // namespace ringtail::sql
