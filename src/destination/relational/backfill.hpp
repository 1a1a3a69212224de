#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "destination/relational/columns.hpp"
#include "destination/relational/dialect.hpp"
#include "destination/relational/session.hpp"
#include "model/load.hpp"
#include "model/table.hpp"

namespace ringtail::relational {

// What of one row's rest goes to columns that were added.
struct Moved {
    std::optional<std::string> rest;                 // what stays; nothing: NULL
    std::vector<std::optional<std::string>> values;  // of the added columns
};

// Nothing where the row stays as it is. `types` are those of the columns `added`; what does not fit
// goes to `rejects`, with `key`.
std::optional<Moved> move_members(std::string_view rest, const Table& table, std::string_view key,
                                  const std::vector<std::size_t>& added,
                                  const std::vector<sql::ColumnType>& types,
                                  std::vector<Reject>& rejects);

// Schema::backfill() by SELECT and UPDATE, for the inside of a transaction. `type_of` says how
// values fit a column that was added.
std::size_t backfill(Session& session, const Dialect& dialect, const Table& table,
                     const StoredTable& stored, const Names& names,
                     const std::vector<std::size_t>& added,
                     const std::function<sql::ColumnType(const Column&)>& type_of);

}  // namespace ringtail::relational
