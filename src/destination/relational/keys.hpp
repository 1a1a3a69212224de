#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/relational/dialect.hpp"
#include "destination/relational/session.hpp"

namespace ringtail::relational {

// The parts of a row's key, as the columns write them.
using KeyParts = std::vector<std::string>;

// As Batch::key_of() joins them.
std::string join_key(std::span<const Param> parts);
KeyParts split_key(std::string_view key, std::size_t parts);

// One form of a key's part for all that the column holds for equal: numbers and times without zeros
// at the end of their fraction.
std::string canonical(std::string text, const sql::ColumnType& type);

// The rows of `table` (quoted) that have one of these keys in the columns `key`: the parts of the
// key, canonical, then the column `more` (empty: NULL). Texts are compared byte for byte, whatever
// the database holds for equal.
std::vector<Row> rows_with_keys(Session& session, const Dialect& dialect, const std::string& table,
                                std::span<const StoredColumn> key, std::span<const KeyParts> keys,
                                std::string_view more);

// Deletes the rows of `table` that have one of these keys; says how many.
std::uint64_t delete_with_keys(Session& session, const Dialect& dialect, const std::string& table,
                               std::span<const StoredColumn> key, std::span<const KeyParts> keys);

// "?, ?, ?".
std::string question_marks(std::size_t count);

}  // namespace ringtail::relational
