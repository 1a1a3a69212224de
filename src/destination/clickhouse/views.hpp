#pragma once
#include <span>

#include "base/log.hpp"
#include "destination/clickhouse/server.hpp"
#include "model/calls_part.hpp"
#include "model/table.hpp"
#include "model/view.hpp"

namespace ringtail::clickhouse {

// Destination::create_views() over `tables`, which prepare() returned. They read the _current
// views.
void make_views(Server& server, std::span<const View> views, std::span<const Table> tables,
                Logger& log);

// Destination::create_calls(), likewise.
void make_calls(Server& server, const CallsPart& part, std::span<const Table> tables, Logger& log);

}  // namespace ringtail::clickhouse
