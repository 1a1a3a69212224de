#pragma once
#include <span>

#include "base/log.hpp"
#include "destination/relational/prepare.hpp"
#include "model/calls_part.hpp"
#include "model/table.hpp"
#include "model/view.hpp"
#include "sql/view_text.hpp"

namespace ringtail::relational {

// Destination::create_views() over `tables`, which prepare() returned; each by itself. A view that
// others are built on stays as it is where it cannot be replaced under them, which is a line in the
// log.
void make_views(Schema& schema, std::span<const View> views, std::span<const Table> tables,
                const sql::Quote& quote, const Exclusively& exclusively, Logger& log);

// Destination::create_calls(), likewise.
void make_calls(Schema& schema, const CallsPart& part, std::span<const Table> tables,
                const Exclusively& exclusively, Logger& log);

}  // namespace ringtail::relational
