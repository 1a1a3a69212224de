#pragma once
#include <span>
#include <vector>

#include "base/log.hpp"
#include "destination/clickhouse/own_tables.hpp"
#include "model/table.hpp"

namespace ringtail::clickhouse {

// Creates the tables that are missing and Ringtail's own; adds the columns that are missing; moves
// values that so far sat in the rest column into the new ones; makes the views. Returns the tables
// as they can be filled.
std::vector<Table> prepare_tables(const Writer& writer, std::span<const Table> tables, Instant now,
                                  Logger& log);

}  // namespace ringtail::clickhouse
