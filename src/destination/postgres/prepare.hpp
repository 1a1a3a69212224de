#pragma once
#include <span>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "destination/postgres/connection.hpp"

namespace ringtail::postgres {

// Destination::prepare(), in one transaction that excludes other Ringtails' prepare().
std::vector<Table> prepare(Connection& connection, std::span<const Table> tables,
                           const DestinationOptions& options, Logger& log);

// Destination::create_views() over `tables`, which prepare() returned.
void create_views(Connection& connection, std::span<const View> views,
                  std::span<const Table> tables, Logger& log);

// Destination::create_calls(), likewise.
void create_calls(Connection& connection, const CallsPart& part, std::span<const Table> tables,
                  Logger& log);

}  // namespace ringtail::postgres
