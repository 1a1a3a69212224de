#pragma once
#include <cstddef>
#include <span>

#include "base/clock.hpp"
#include "model/table.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// Moves the values of columns that were just added (places in table.columns) out of the table's
// rest column, digit for digit; what does not fit its column becomes a reject. Nothing to do where
// the table has no rest column.
void backfill(sqlite::Connection& db, const Table& table, std::span<const std::size_t> added,
              Instant now);

}  // namespace ringtail
