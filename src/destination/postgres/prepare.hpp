#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/relational/prepare.hpp"

namespace ringtail::postgres {

// When tables that are made get their foreign keys, and their indexes but the primary key.
enum class ForeignKeys : std::uint8_t { at_once, later };

// Destination::prepare(), in one transaction that excludes other Ringtails' prepare(). What
// Prepared::late_keys names is still to be added.
relational::Prepared prepare(Connection& connection, std::span<const Table> tables,
                             ForeignKeys foreign_keys, const DestinationOptions& options,
                             Logger& log);

// Destination::create_views() over `tables`, which prepare() returned.
void create_views(Connection& connection, std::span<const View> views,
                  std::span<const Table> tables, Logger& log);

// Destination::create_calls(), likewise.
void create_calls(Connection& connection, const CallsPart& part, std::span<const Table> tables,
                  Logger& log);

}  // namespace ringtail::postgres
