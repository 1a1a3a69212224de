#pragma once
#include <span>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// Creates the tables that are missing, with their indexes and foreign keys; adds the columns that
// are missing; moves values that so far sat in the rest column into the new ones. Call it inside a
// transaction; `now` dates the rejects.
struct Extended {
    std::vector<Table> tables;  // as they can be filled
    bool whole = true;          // false: something could not be had, and is to be tried again
};
Extended extend_schema(sqlite::Connection& db, std::span<const Table> tables,
                       const DestinationOptions& options, Instant now, Logger& log);

}  // namespace ringtail
