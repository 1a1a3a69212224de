#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "model/calls_part.hpp"
#include "model/table.hpp"
#include "model/view.hpp"
#include "source/callkeeper/options.hpp"

namespace ringtail::callkeeper {

// The tables, parents before their children.
enum class TableId : std::uint8_t {
    accounts,
    dates,
    clientids,
    traffic,
    sites,
    locations,
    calls,
    facts,
    count
};
inline constexpr std::size_t kTables = static_cast<std::size_t>(TableId::count);

// Of callkeeper_calls, and the same for all sources: since when the API names the call no more.
inline constexpr std::string_view kMissingColumn = "_missing_at_source_since";

// Without prefix: "callkeeper_calls".
std::string_view name_of(TableId table);

// Row 1 of each shared table stands for "nothing known".
inline constexpr std::int64_t kStub = 1;

// Which tables are filled: the chosen ones and what they need. Facts need all the others; every
// other table needs callkeeper_calls, which holds what is known of a call, and general_accounts is
// always there. Error(config) names the tables when there is no such one.
std::array<bool, kTables> wanted_tables(const TableChoice& choice);

// As Ringtail creates them, the wanted ones in the order of TableId.
std::vector<Table> make_tables(const Options& options);

// One row a call, with everything: callkeeper_calls_wide and the same under Russian and German
// captions. None where facts are not wanted.
std::vector<View> make_views(const Options& options);

// The account's calls for the views over all calls. Nothing where facts are not wanted.
std::optional<CallsPart> make_calls_part(const Options& options);

}  // namespace ringtail::callkeeper
