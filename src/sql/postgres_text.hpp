#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"
#include "sql/names.hpp"
#include "sql/value.hpp"

// PostgreSQL's dialect: statements as texts. Pure; names are database names, not the source's.
namespace ringtail::sql::postgres {

const NameRules& name_rules();

// The type of a column that Ringtail creates, and how values fit it.
std::string_view type_name(Type type);
ColumnType column_type(Type type);

using sql::TableName;

struct ColumnText {
    std::string name;
    std::string type;              // as SQL
    bool compare_as_text = false;  // its type has no equality, or one that overlooks changes
};

std::string create_table(const TableName& table, std::span<const ColumnText> columns,
                         std::span<const std::string> key);
std::string add_column(const TableName& table, const ColumnText& column);
std::string set_column_type(const TableName& table, const ColumnText& column);
// The server makes the index's name.
std::string create_index(const TableName& table, std::span<const std::string> columns,
                         bool is_unique);
// Rows of `table` go with the row of `parent` they point at.
std::string add_foreign_key(const TableName& table, std::string_view column,
                            const TableName& parent, std::string_view parent_key);
std::string validate_constraint(const TableName& table, std::string_view constraint);
// The rows that such a key would refuse.
std::string rows_without_parent(const TableName& table, std::string_view column,
                                const TableName& parent, std::string_view parent_key);

// A temporary table with these columns of `table`, emptied at the end of each transaction.
std::string create_stage(std::string_view stage, const TableName& table,
                         std::span<const std::string> columns);
enum class Format : std::uint8_t { text, binary };
// `table` is quoted already.
std::string copy_from_stdin(std::string_view table, std::span<const std::string> columns,
                            Format format);

// Which of the keys in the arrays $1, $2 … (one for each part of the key) are there: their places,
// counted from 1.
std::string find_existing(const TableName& table, std::span<const ColumnText> key);

struct Update {
    TableName table;
    std::string stage;
    std::vector<ColumnText> columns;    // those of the stage
    std::vector<ColumnText> key;        // some of them
    std::optional<ColumnText> changed;  // gets $1
};
// Updates the rows that are in the stage too and differ there. Empty where there is nothing but the
// key.
std::string update_from_stage(const Update& update);

// Deletes rows by $1, an array of keys.
std::string erase(const TableName& table, const ColumnText& key);
// Key and fingerprint (NULL where the name is empty), both as text, of the rows with a key in $1,
// an array. Parts of a longer key are joined by U+001F.
std::string fingerprints(const TableName& table, std::span<const ColumnText> key,
                         std::string_view fingerprint);

// {"a",NULL,"b"}: the text form of an array.
std::string array_literal(std::span<const std::optional<std::string>> elements);
std::string array_literal(std::span<const std::string> elements);

}  // namespace ringtail::sql::postgres
