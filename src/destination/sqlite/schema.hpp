#pragma once
#include <span>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// Creates the tables that are missing, with their indexes and foreign keys; adds the columns that
// are missing; moves values that so far sat in the rest column into the new ones. Returns the
// tables as they can be filled. Call it inside a transaction; `now` dates the rejects.
std::vector<Table> extend_schema(sqlite::Connection& db, std::span<const Table> tables,
                                 const DestinationOptions& options, Instant now, Logger& log);

}  // namespace ringtail
