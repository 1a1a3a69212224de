#pragma once
#include <set>
#include <string>

#include "destination/clickhouse/own_tables.hpp"
#include "model/table.hpp"

namespace ringtail::clickhouse {

// Moves the values of columns that were just added (source names) out of the table's rest column,
// digit for digit; what does not fit its column becomes a reject. Nothing to do where the table has
// no rest column.
void backfill(const Writer& writer, const Table& table, const std::set<std::string>& added,
              Instant now);

}  // namespace ringtail::clickhouse
