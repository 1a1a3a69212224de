#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "destination/postgres/connection.hpp"
#include "destination/relational/stored.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {

using relational::kCreatedComment;
using relational::StoredColumn;

struct StoredTable : relational::StoredTable {
    bool writable = true;       // SELECT, INSERT, UPDATE and DELETE are granted
    bool row_security = false;  // is active for this user
};

// Where a table of this name is or will be: "schema.name" in that schema, others in the first of
// the search path. A table that has the name in lower case, as names without quotes get it, is used
// where there is none of the very name.
sql::postgres::TableName place_of(Connection& connection, std::string_view name);

// Nothing when there is no such table.
std::optional<StoredTable> read_table(Connection& connection, std::string_view name);

}  // namespace ringtail::postgres
