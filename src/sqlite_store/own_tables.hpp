#pragma once
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "destination/destination.hpp"
#include "sqlite/connection.hpp"

// Ringtail's own tables: ringtail_checkpoints, ringtail_rejects, ringtail_rechecks.
namespace ringtail {

void create_own_tables(sqlite::Connection& db);

// The three below answer "nothing" before the tables are there.
std::optional<Checkpoint> read_checkpoint(sqlite::Connection& db, std::string_view stream);
std::vector<Recheck> read_rechecks(sqlite::Connection& db, std::string_view stream, Instant until,
                                   std::size_t limit);
void give_up_lease(sqlite::Connection& db, std::string_view stream, std::string_view holder);

// Call these inside a write transaction.
// Error(config) naming the holder when somebody else's lease is still good.
void take_lease(sqlite::Connection& db, std::string_view stream, std::string_view holder,
                Instant now);
// Stores the load's checkpoint and renews its holder's lease until kLeaseSeconds after `now`, the
// wall clock's. Throws when the lease is somebody else's, Error(config), or nobody's,
// Error(transient).
void store_checkpoint(sqlite::Connection& db, const Load& load, Instant now);
void store_rejects(sqlite::Connection& db, std::span<const Reject> rejects, Instant now);
void store_rechecks(sqlite::Connection& db, std::string_view stream,
                    std::span<const Recheck> rechecks);

}  // namespace ringtail
