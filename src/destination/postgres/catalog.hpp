#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "sql/postgres_text.hpp"
#include "sql/value.hpp"

namespace ringtail::postgres {

// A column as the database has it.
struct StoredColumn {
    std::string name;
    std::string type_text;  // as SQL: "character varying(50)"
    sql::ColumnType type;
    bool compare_as_text = false;  // its type has no equality, or one that overlooks changes
    bool generated = false;        // the database fills it itself
    bool domain = false;
};

struct StoredTable {
    sql::postgres::TableName name;
    bool is_table = true;               // not a view or a foreign table
    bool ours = false;                  // created by Ringtail
    bool writable = true;               // SELECT, INSERT, UPDATE and DELETE are granted
    bool row_security = false;          // is active for this user
    std::vector<StoredColumn> columns;  // in the table's order
    std::vector<std::vector<std::string>>
        unique_keys;  // sorted column names of each usable unique index

    const StoredColumn* find(std::string_view column) const;
    bool has_key(std::vector<std::string> columns) const;
};

// The comment by which a table that Ringtail created is known.
inline constexpr std::string_view kCreatedComment = "Created by Ringtail";

// Where a table of this name is or will be: "schema.name" in that schema, others in the first of
// the search path. A table that has the name in lower case, as names without quotes get it, is used
// where there is none of the very name.
sql::postgres::TableName place_of(Connection& connection, std::string_view name);

// Nothing when there is no such table.
std::optional<StoredTable> read_table(Connection& connection, std::string_view name);

}  // namespace ringtail::postgres
