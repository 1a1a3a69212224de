#include "destination/sqlserver/catalog.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/error.hpp"
#include "sql/utf8.hpp"

namespace ringtail::sqlserver {
namespace {

using relational::ForeignKey;
using relational::Param;
using relational::Row;
using relational::StoredColumn;
using relational::StoredTable;
using sql::TableName;

// The only place where Babelfish has names as they were given.
const std::string kColumns =
    "SELECT COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, "
    "DATETIME_PRECISION, COLLATION_NAME, IS_NULLABLE FROM INFORMATION_SCHEMA.COLUMNS "
    "WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";

const std::string kFilled =
    "SELECT name FROM sys.columns WHERE object_id = OBJECT_ID(?) AND (is_identity = 1 OR "
    "is_computed = 1)";

// An index of some rows keeps no key of all, but ours are of all that count.
const std::string kIndexes =
    "SELECT i.index_id, c.name, i.name, i.is_unique FROM sys.indexes AS i "
    "JOIN sys.index_columns AS x ON x.object_id = i.object_id AND x.index_id = i.index_id "
    "JOIN sys.columns AS c ON c.object_id = x.object_id AND c.column_id = x.column_id "
    "WHERE i.object_id = OBJECT_ID(?) AND i.is_disabled = 0 AND (i.has_filter = 0 OR "
    "i.name LIKE N'ringtail[_]%') AND "
    "x.is_included_column = 0 ORDER BY i.index_id, x.key_ordinal";

const std::string kForeign =
    "SELECT c.name, SCHEMA_NAME(t.schema_id), t.name, p.name FROM sys.foreign_key_columns AS k "
    "JOIN sys.tables AS t ON t.object_id = k.referenced_object_id "
    "JOIN sys.columns AS c ON c.object_id = k.parent_object_id AND c.column_id = "
    "k.parent_column_id "
    "JOIN sys.columns AS p ON p.object_id = k.referenced_object_id AND p.column_id = "
    "k.referenced_column_id "
    "WHERE k.parent_object_id = OBJECT_ID(?) AND NOT EXISTS (SELECT 1 FROM "
    "sys.foreign_key_columns AS o WHERE o.constraint_object_id = k.constraint_object_id AND "
    "o.constraint_column_id <> k.constraint_column_id)";

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

std::optional<std::int64_t> number(const Param& text) {
    if (!text) return std::nullopt;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    return error == std::errc() ? std::optional(value) : std::nullopt;
}

// The column of the table that sys.* calls so: Babelfish has names in lower case there.
const StoredColumn* find_folded(const StoredTable& table, const std::string& name) {
    if (const StoredColumn* exact = table.find(name)) return exact;
    const auto found =
        std::find_if(table.columns.begin(), table.columns.end(),
                     [&](const StoredColumn& c) { return lower(c.name) == lower(name); });
    return found == table.columns.end() ? nullptr : &*found;
}

StoredColumn column_of(const Row& row, bool babelfish) {
    const sql::sqlserver::CatalogColumn column{.data_type = row.at(1).value_or(""),
                                               .length = number(row.at(2)),
                                               .precision = number(row.at(3)),
                                               .scale = number(row.at(4)),
                                               .time_digits = number(row.at(5)),
                                               .collation = row.at(6).value_or(""),
                                               .nullable = row.at(7) != "NO"};
    auto described = sql::sqlserver::describe(column, babelfish);
    const bool any_text = described.type.kind == sql::Kind::text && !described.type.max_chars &&
                          described.type.last_char == sql::ColumnType{}.last_char;
    return {.name = row.at(0).value_or(""),
            .type_text = std::move(described.type_text),
            .type = described.type,
            .attributes = std::move(described.attributes),
            .compare_as_text = described.compare_as_text,
            .as_json =
                any_text ? std::optional(sql::sqlserver::column_type(Type::json)) : std::nullopt};
}

void read_indexes(Session& session, const std::string& quoted, StoredTable& table) {
    const auto rows = session.run(kIndexes, {quoted}).rows;
    for (auto row = rows.begin(); row != rows.end();) {
        std::vector<std::string> columns;
        const Row& first = *row;
        for (; row != rows.end() && row->at(0) == first.at(0); ++row) {
            const StoredColumn* column = find_folded(table, row->at(1).value_or(""));
            columns.push_back(column == nullptr ? "" : column->name);
        }
        table.indexes.push_back(columns);
        table.ours = table.ours || first.at(2).value_or("").starts_with("ringtail_");
        std::sort(columns.begin(), columns.end());
        if (first.at(3) == "1") table.unique_keys.push_back(std::move(columns));
    }
}

// What sys.indexes and its like may not say on Babelfish.
void read_primary_key(Session& session, const TableName& place, StoredTable& table) {
    std::vector<std::string> columns;
    for (const Row& row :
         session
             .run("EXEC sp_pkeys @table_name = " + sql::sqlserver::literal(place.name) +
                  ", @table_owner = " + sql::sqlserver::literal(place.schema))
             .rows) {
        const StoredColumn* column =
            row.size() > 3 ? find_folded(table, row.at(3).value_or("")) : nullptr;
        if (column != nullptr) columns.push_back(column->name);
    }
    std::sort(columns.begin(), columns.end());
    if (!columns.empty() && !table.has_key(columns)) table.unique_keys.push_back(columns);
}

// Blanks at the end do not tell keys apart.
void mark_keys(StoredTable& table) {
    std::set<std::string> keys;
    for (const auto& columns : table.unique_keys) keys.insert(columns.begin(), columns.end());
    for (StoredColumn& column : table.columns) {
        if (keys.count(column.name) != 0 && column.type.kind == sql::Kind::text)
            column.type.no_end_blank = true;
    }
}

}  // namespace

TableName place_of(Session& session, std::string_view name) {
    std::string schema = session.server().schema;
    const auto dot = name.find('.');
    if (dot != std::string_view::npos && dot > 0) {
        const std::string given(name.substr(0, dot));
        const Row row = session.run("SELECT SCHEMA_ID(?)", {given}).rows.at(0);
        if (!row.at(0)) {
            throw Error(Fault::config, "SQL Server: there is no schema " + given)
                .with_hint("CREATE SCHEMA " + sql::sqlserver::quote(given) + "; or another prefix");
        }
        schema = given;
        name.remove_prefix(dot + 1);
    }
    if (name.empty() || name.find('\0') != std::string_view::npos) {
        throw Error(Fault::config,
                    "SQL Server cannot have a table named \"" + sql::storable(name) + "\"");
    }
    const auto& rules = sql::sqlserver::name_rules(session.server().babelfish);
    std::string table(name);
    if (table.size() > rules.max_bytes) table = sql::hashed_name(table, rules);
    return {schema, table};
}

std::optional<StoredTable> read_table(Session& session, const TableName& place) {
    const std::string quoted = sql::sqlserver::quote(place);
    StoredTable table;
    table.name = place;
    table.shown = quoted;
    const bool babelfish = session.server().babelfish;
    for (const Row& row : session.run(kColumns, {place.schema, place.name}).rows)
        table.columns.push_back(column_of(row, babelfish));
    if (table.columns.empty()) return std::nullopt;
    table.is_table =
        !session.run("SELECT OBJECT_ID(?, N'V')", {quoted}).rows.at(0).at(0).has_value();
    for (const Row& row : session.run(kFilled, {quoted}).rows) {
        const StoredColumn* filled = find_folded(table, row.at(0).value_or(""));
        if (filled != nullptr)
            table.columns[static_cast<std::size_t>(filled - table.columns.data())].generated = true;
    }
    read_indexes(session, quoted, table);
    if (babelfish) read_primary_key(session, place, table);
    mark_keys(table);
    // Older versions gave the key no name, but nobody else creates keys that compare so.
    table.ours = table.ours ||
                 std::any_of(table.columns.begin(), table.columns.end(), [](const auto& column) {
                     return column.type.no_end_blank &&
                            column.attributes.find(sql::sqlserver::kBinary) != std::string::npos;
                 });
    return table;
}

std::vector<ForeignKey> foreign_keys(Session& session, const StoredTable& table) {
    std::vector<ForeignKey> keys;
    for (const Row& row : session.run(kForeign, {table.shown}).rows) {
        const StoredColumn* column = find_folded(table, row.at(0).value_or(""));
        if (column == nullptr) continue;
        ForeignKey key{.column = column->name, .parent = {}, .parent_key = row.at(3).value_or("")};
        key.parent.name = {row.at(1).value_or("dbo"), row.at(2).value_or("")};
        key.parent.shown = sql::sqlserver::quote(key.parent.name);
        keys.push_back(std::move(key));
    }
    return keys;
}

sql::sqlserver::ColumnText as_text(const StoredColumn& column) {
    return {column.name, column.type_text, column.attributes, column.type, column.compare_as_text};
}

std::vector<sql::sqlserver::ColumnText> as_texts(const std::vector<StoredColumn>& columns) {
    std::vector<sql::sqlserver::ColumnText> texts;
    texts.reserve(columns.size());
    for (const StoredColumn& column : columns) texts.push_back(as_text(column));
    return texts;
}

}  // namespace ringtail::sqlserver
