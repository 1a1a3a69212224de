#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/names.hpp"
#include "sql/value.hpp"

namespace ringtail::relational {

// A column as the database has it.
struct StoredColumn {
    std::string name;
    std::string type_text;  // as SQL: "character varying(50)"
    sql::ColumnType type;
    std::string attributes = {};  // what a change of the type must say again: "NOT NULL"
    // Its type has no equality, or one that overlooks changes (collations that fold case or ignore
    // trailing blanks).
    bool compare_as_text = false;
    bool generated = false;  // the database fills it itself
    std::string fixed = {};  // why widening it is not tried; empty: it is
    // Of a database without a type for JSON: how values of a JSON column of the source fit it.
    std::optional<sql::ColumnType> as_json = {};
    bool unfilled = false;  // Ringtail added it, and was ended before it moved the values there
};

struct StoredTable {
    sql::TableName name;
    std::string shown;                  // the name as SQL has it, quoted
    bool is_table = true;               // not a view or a foreign table
    bool ours = false;                  // created by Ringtail
    bool keys_follow = false;           // … and its keys and indexes are added when rows are in
    std::vector<StoredColumn> columns;  // in the table's order
    std::vector<std::vector<std::string>>
        unique_keys;  // sorted column names of each usable unique index
    std::vector<std::vector<std::string>> indexes;  // the columns of all indexes, in their order

    const StoredColumn* find(std::string_view column) const;
    bool has_key(std::vector<std::string> columns) const;
    // Whether rows can be looked up by these columns: an index begins with them.
    bool has_index(const std::vector<std::string>& columns) const;
};

// The comment by which a table that Ringtail created is known.
inline constexpr std::string_view kCreatedComment = "Created by Ringtail";
// … whose foreign keys and indexes are still to be added; begins as the other.
inline constexpr std::string_view kKeysFollowComment =
    "Created by Ringtail; its foreign keys and indexes are added at the end of the first load";

}  // namespace ringtail::relational
