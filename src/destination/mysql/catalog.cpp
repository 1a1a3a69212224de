#include "destination/mysql/catalog.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "destination/mysql/dialect.hpp"
#include "destination/mysql/literal.hpp"
#include "sql/utf8.hpp"

namespace ringtail::mysql {
namespace {

using relational::Row;
using relational::StoredColumn;
using sql::Kind;

constexpr std::string_view kColumnQuery =
    "SELECT COLUMN_NAME, COLUMN_TYPE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, CHARACTER_OCTET_LENGTH, "
    "NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, CHARACTER_SET_NAME, COLLATION_NAME, "
    "EXTRA, COLUMN_COMMENT, IS_NULLABLE, COLUMN_DEFAULT FROM information_schema.COLUMNS WHERE "
    "TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";
enum ColumnField : std::size_t {
    name,
    full_type,
    data_type,
    max_chars,
    max_octets,
    precision,
    scale,
    time_digits,
    charset,
    collation,
    extra,
    comment,
    nullable,
    default_value
};

constexpr std::string_view kKeyQuery =
    "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART, NON_UNIQUE FROM information_schema.STATISTICS WHERE "
    "TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY INDEX_NAME, SEQ_IN_INDEX";

constexpr std::string_view kForeignKeyQuery =
    "SELECT k.COLUMN_NAME, k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, "
    "k.REFERENCED_COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE k WHERE k.TABLE_SCHEMA = ? "
    "AND k.TABLE_NAME = ? AND k.REFERENCED_TABLE_NAME IS NOT NULL AND 1 = (SELECT COUNT(*) FROM "
    "information_schema.KEY_COLUMN_USAGE o WHERE o.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND "
    "o.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND o.TABLE_NAME = k.TABLE_NAME)";

std::string text(const Row& row, std::size_t field) { return row.at(field).value_or(""); }

std::uint64_t number(const Row& row, std::size_t field) {
    return row.at(field) ? std::stoull(*row[field]) : 0;
}

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [&](std::string_view start) { return text.starts_with(start); });
}

// Binary strings and the Unicode sets hold all; of others it is only certain that they hold ASCII.
char32_t last_char(std::string_view set) {
    if (set.empty() || starts_with_any(set, {"utf8mb4", "utf16", "utf32", "binary"}))
        return 0x10FFFF;
    if (set == "utf8" || set == "utf8mb3" || set == "ucs2") return 0xFFFF;
    return set == "latin1" ? 0xFF : 0x7F;
}

// How many bytes a byte of UTF-8 becomes at most.
std::uint64_t growth(std::string_view set) {
    if (set.starts_with("utf32")) return 4;
    return starts_with_any(set, {"utf16", "ucs2"}) ? 2 : 1;
}

sql::ColumnType text_type(const Row& row) {
    sql::ColumnType type{.kind = Kind::text, .holds_nul = true};
    const std::string set = text(row, charset);
    type.last_char = last_char(set);
    const std::string base = text(row, data_type);
    if (base == "char" || base == "varchar") {
        type.max_chars = static_cast<std::uint32_t>(number(row, max_chars));
    } else {
        type.max_bytes = number(row, max_octets) / growth(set);
    }
    if (text(row, comment).starts_with(kJsonComment)) type.kind = Kind::json;
    return type;
}

sql::ColumnType integer_type(const std::string& base, const Row& row) {
    sql::ColumnType type{.kind = Kind::integer};
    type.bytes = base == "tinyint"     ? 1
                 : base == "smallint"  ? 2
                 : base == "mediumint" ? 3
                 : base == "int"       ? 4
                                       : 8;
    const std::string full = text(row, full_type);
    type.is_unsigned = full.find("unsigned") != std::string::npos;
    if (full.starts_with("tinyint(1)")) type.kind = Kind::boolean;
    return type;
}

sql::ColumnType type_of(const Row& row) {
    const std::string base = text(row, data_type);
    if (base.ends_with("text") || base.ends_with("blob") || base == "char" || base == "varchar" ||
        base == "binary" || base == "varbinary") {
        return text_type(row);
    }
    if (base.ends_with("int")) return integer_type(base, row);
    if (base == "decimal") {
        const bool is_unsigned = text(row, full_type).find("unsigned") != std::string::npos;
        return {.kind = Kind::decimal,
                .is_unsigned = is_unsigned,
                .precision = static_cast<int>(number(row, precision)),
                .scale = static_cast<int>(number(row, scale))};
    }
    if (base == "float") return {.kind = Kind::float64, .bytes = 4};
    if (base == "double") return {.kind = Kind::float64, .bytes = 8};
    if (base == "datetime" || base == "timestamp") {
        sql::ColumnType type{.kind = Kind::timestamp,
                             .precision = static_cast<int>(number(row, time_digits)),
                             .plain_times = true};
        if (base == "timestamp") {
            type.first_year = 1971;
            type.last_year = 2037;
        }
        return type;
    }
    if (base == "date") return {.kind = Kind::date, .plain_times = true};
    if (base == "json") return {.kind = Kind::json};
    return {.kind = Kind::other};
}

// Whether two texts that are equal for the database can differ.
bool overlooks_changes(const Row& row) {
    const std::string order = text(row, collation);
    if (order.empty()) return text(row, data_type) == "json";
    return !order.ends_with("nopad_bin") && order != "utf8mb4_0900_bin";
}

std::size_t bytes_in_row(const Row& row) {
    const std::uint64_t octets = number(row, max_octets);
    if (octets != 0) return static_cast<std::size_t>(std::min<std::uint64_t>(octets, 40)) + 1;
    if (text(row, data_type) == "decimal") return number(row, precision) / 2 + 2;
    return 8;
}

StoredColumn column_of(const Row& row) {
    StoredColumn column{
        .name = text(row, name), .type_text = text(row, full_type), .type = type_of(row)};
    if (!text(row, charset).empty())
        column.type_text +=
            " CHARACTER SET " + text(row, charset) + " COLLATE " + text(row, collation);
    const std::string note = text(row, comment);
    column.unfilled = note.ends_with(kUnfilledComment);
    column.compare_as_text = overlooks_changes(row);
    column.generated = text(row, extra).find("GENERATED") != std::string::npos &&
                       text(row, extra).find("DEFAULT_GENERATED") == std::string::npos;
    if (text(row, nullable) == "NO") column.attributes = "NOT NULL";
    if (!note.empty())
        column.attributes += (column.attributes.empty() ? "COMMENT " : " COMMENT ") + literal(note);
    const bool has_default = row[default_value] && row[default_value] != "NULL";
    if (has_default || text(row, extra).find("on update") != std::string::npos)
        column.fixed = "it has a default value";
    return column;
}

void read_indexes(const std::vector<Row>& rows, StoredTable& table) {
    for (auto row = rows.begin(); row != rows.end();) {
        std::vector<std::string> columns;
        const std::string index = text(*row, 0);
        const bool is_unique = text(*row, 3) == "0";
        bool is_prefix = false;  // of a text: it neither makes a key nor finds whole values
        for (; row != rows.end() && text(*row, 0) == index; ++row) {
            columns.push_back(text(*row, 1));
            is_prefix = is_prefix || (*row)[2].has_value();
        }
        if (is_prefix) continue;
        table.indexes.push_back(columns);
        std::sort(columns.begin(), columns.end());
        if (is_unique) table.unique_keys.push_back(std::move(columns));
    }
}

}  // namespace

sql::TableName place_of(Connection& connection, std::string_view name) {
    std::string schema = connection.database();
    const auto dot = name.find('.');
    if (dot != std::string_view::npos && dot > 0) {
        schema = name.substr(0, dot);
        name.remove_prefix(dot + 1);
        const auto found = connection.run(
            "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?", {schema});
        if (found.rows.empty()) {
            throw Error(Fault::config,
                        "MySQL, " + connection.where() + ": there is no database " + schema)
                .with_hint("CREATE DATABASE " + quote_name(schema) +
                           " CHARACTER SET utf8mb4; or another prefix");
        }
    }
    const bool unusable =
        name.empty() || name.find('\0') != std::string_view::npos || name.ends_with(' ');
    if (unusable) {
        throw Error(Fault::config,
                    "MySQL cannot have a table named \"" + sql::storable(name) + "\"");
    }
    const bool too_long = sql::count_chars(name) > name_rules().max_chars;
    return {schema, too_long ? sql::hashed_name(name, name_rules()) : std::string(name)};
}

std::optional<StoredTable> read_table(Connection& connection, std::string_view given) {
    StoredTable table;
    table.name = place_of(connection, given);
    table.shown = shown(table.name);
    const std::vector<relational::Param> place{table.name.schema, table.name.name};
    const auto found = connection.run(
        "SELECT TABLE_TYPE, ENGINE, TABLE_COMMENT FROM information_schema.TABLES WHERE "
        "TABLE_SCHEMA = ? AND TABLE_NAME = ?",
        place);
    if (found.rows.empty()) return std::nullopt;
    table.is_table = text(found.rows[0], 0) == "BASE TABLE";
    table.engine = text(found.rows[0], 1);
    table.ours = text(found.rows[0], 2).starts_with(relational::kCreatedComment);
    for (const Row& row : connection.run(std::string(kColumnQuery), place).rows) {
        table.columns.push_back(column_of(row));
        table.row_bytes += bytes_in_row(row);
    }
    if (table.columns.empty()) {
        throw Error(Fault::transient, "MySQL, " + connection.where() + ": the table " +
                                          table.shown + " is just being altered");
    }
    read_indexes(connection.run(std::string(kKeyQuery), place).rows, table);
    return table;
}

std::vector<relational::ForeignKey> foreign_keys(Connection& connection,
                                                 const relational::StoredTable& table) {
    std::vector<relational::ForeignKey> keys;
    for (const Row& row :
         connection.run(std::string(kForeignKeyQuery), {table.name.schema, table.name.name}).rows) {
        relational::ForeignKey key;
        key.column = text(row, 0);
        key.parent.name = {text(row, 1), text(row, 2)};
        key.parent.shown = shown(key.parent.name);
        key.parent_key = text(row, 3);
        keys.push_back(std::move(key));
    }
    return keys;
}

std::size_t row_bytes(Type type) {
    if (type == Type::boolean) return 1;
    if (type == Type::int64 || type == Type::timestamp) return 8;
    if (type == Type::decimal) return 21;
    return 41;
}

}  // namespace ringtail::mysql
