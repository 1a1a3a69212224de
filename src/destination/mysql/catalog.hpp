#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "destination/mysql/connection.hpp"
#include "destination/relational/prepare.hpp"
#include "destination/relational/stored.hpp"

namespace ringtail::mysql {

struct StoredTable : relational::StoredTable {
    std::string engine;
    // What a row takes up in its page at most when all columns are filled, long texts apart.
    std::size_t row_bytes = 0;
};

// Where a table of this name is or will be: "database.name" in that database, others in the URL's.
sql::TableName place_of(Connection& connection, std::string_view name);

// Nothing when there is no such table.
std::optional<StoredTable> read_table(Connection& connection, std::string_view name);

std::vector<relational::ForeignKey> foreign_keys(Connection& connection,
                                                 const relational::StoredTable& table);

// Of a column that Ringtail creates, as StoredTable::row_bytes counts.
std::size_t row_bytes(Type type);
// InnoDB's page of 16 KB holds rows of 8,126 bytes, some of which it needs itself; a long key does
// not leave the row.
inline constexpr std::size_t kMostRowBytes = 7'900;
inline constexpr std::size_t kMostColumns = 1'000;

}  // namespace ringtail::mysql
