#pragma once
#include <span>
#include <string>

#include "base/clock.hpp"
#include "destination/postgres/connection.hpp"
#include "model/load.hpp"

// ringtail_checkpoints, ringtail_rejects and ringtail_rechecks, in the first schema of the search
// path.
namespace ringtail::postgres {

// The quoted name with its schema: own_table(connection, "checkpoints").
std::string own_table(Connection& connection, std::string_view which);
bool has_own_table(Connection& connection, std::string_view which);
// Creates those that are missing. For the inside of a transaction.
void create_own_tables(Connection& connection);

// A reject that is there already is not stored again.
void store_rejects(Connection& connection, std::span<const Reject> rejects, Instant now);
void drop_rejects(Connection& connection, std::string_view table,
                  std::span<const std::string> keys);

}  // namespace ringtail::postgres
