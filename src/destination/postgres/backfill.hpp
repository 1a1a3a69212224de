#pragma once
#include <cstddef>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/relational/columns.hpp"
#include "model/table.hpp"

namespace ringtail::postgres {

// The columns `added` (indexes into Table::columns) were added to a table with rows: moves their
// values there from the rest column, where values without a column were kept. What does not fit
// becomes a reject. For the inside of the transaction that added the columns. Returns how many rows
// were changed.
std::size_t backfill(Connection& connection, const Table& table,
                     const relational::StoredTable& stored, const relational::Names& names,
                     const std::vector<std::size_t>& added);

}  // namespace ringtail::postgres
