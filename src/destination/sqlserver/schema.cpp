#include "destination/sqlserver/schema.hpp"

#include <algorithm>

#include "destination/relational/backfill.hpp"
#include "destination/sqlserver/catalog.hpp"
#include "sql/sqlserver_text.hpp"

namespace ringtail::sqlserver {
namespace {

namespace text = sql::sqlserver;
using relational::NewColumn;
using relational::NewTable;
using relational::StoredColumn;
using relational::StoredTable;
using relational::Use;

bool indexed(const NewColumn& column) { return column.use != Use::value; }

// The row's own share: headers, and a bit for each column.
std::size_t overhead(std::size_t columns) { return 16 + columns / 8; }

std::size_t bytes_of(const NewColumn& column) {
    return text::row_bytes(text::column_type(column.type, indexed(column)), column.use == Use::key);
}

std::size_t bytes_of(const StoredTable& table) {
    std::size_t bytes = 0;
    for (const StoredColumn& column : table.columns)
        bytes += text::row_bytes(column.type, column.type.no_end_blank);
    return bytes;
}

bool has_room(std::size_t columns, std::size_t bytes) {
    return columns <= text::kMostColumns && bytes + overhead(columns) <= text::kMostRowBytes;
}

// Takes away columns that are not needed, from the end, until a row surely fits.
void fit_row(NewTable& table) {
    std::size_t bytes = 0;
    for (const NewColumn& column : table.columns) bytes += bytes_of(column);
    for (std::size_t i = table.columns.size(); i-- > 0;) {
        if (has_room(table.columns.size(), bytes)) return;
        if (table.columns[i].needed) continue;
        bytes -= bytes_of(table.columns[i]);
        table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

text::ColumnText as_text(const NewColumn& column) {
    return {.name = column.name,
            .type = text::type_name(column.type, indexed(column)),
            .attributes = text::attributes(column.type, indexed(column))};
}

}  // namespace

const sql::NameRules& Schema::name_rules() const {
    return text::name_rules(session_.server().babelfish);
}

sql::TableName Schema::place_of(std::string_view name) {
    return sqlserver::place_of(session_, name);
}

std::optional<StoredTable> Schema::read_table(std::string_view name) {
    auto table = sqlserver::read_table(session_, place_of(name));
    if (table) added_.erase(table->shown);
    return table;
}

StoredTable Schema::create_table(NewTable& table) {
    fit_row(table);
    std::vector<text::ColumnText> columns;
    for (const NewColumn& column : table.columns) columns.push_back(as_text(column));
    session_.run(text::create_table(table.place, columns, table.key));
    for (const auto& index : table.indexes)
        session_.run(text::create_index(table.place, index, false));
    for (const auto& index : table.unique)
        session_.run(text::create_index(table.place, index, true));
    for (const auto& key : table.foreign_keys) {
        session_.run(
            text::add_foreign_key(table.place, key.column, key.parent.name, key.parent_key));
    }
    StoredTable stored;
    stored.name = table.place;
    stored.shown = text::quote(table.place);
    stored.ours = true;
    return stored;
}

bool Schema::add_column(const StoredTable& table, const NewColumn& column) {
    Added& added = added_[table.shown];
    const std::size_t columns = table.columns.size() + added.columns + 1;
    const std::size_t bytes = bytes_of(table) + added.bytes + bytes_of(column);
    if (columns > text::kMostColumns || (!column.needed && !has_room(columns, bytes))) return false;
    session_.run(text::add_column(table.name, as_text(column)));
    ++added.columns;
    added.bytes += bytes_of(column);
    return true;
}

void Schema::add_index(const StoredTable& table, const relational::NewIndex& index) {
    session_.run(text::create_index(table.name, index.columns, index.is_unique));
}

std::optional<relational::StoredView> Schema::read_view(const sql::TableName& place) {
    const std::string quoted = text::quote(place);
    const auto row = session_
                         .run(
                             "SELECT OBJECT_ID(?), OBJECT_ID(?, N'V'), "
                             "OBJECT_DEFINITION(OBJECT_ID(?))",
                             {quoted, quoted, quoted})
                         .rows.at(0);
    if (!row.at(0)) return std::nullopt;
    return relational::StoredView{row.at(1).has_value(), row.at(2).value_or("")};
}

void Schema::make_view(const sql::TableName& place, const std::string& select, bool is_there) {
    for (const std::string& sql :
         text::make_view(place, select, is_there, session_.server().babelfish)) {
        session_.run(sql);
    }
}

std::vector<std::string> Schema::views_named(const std::string& schema,
                                             std::string_view beginning) {
    const auto found = session_.run(
        "SELECT name FROM sys.views WHERE schema_id = SCHEMA_ID(?) AND LEFT(name, LEN(?)) = ? "
        "ORDER BY name",
        {schema, std::string(beginning), std::string(beginning)});
    std::vector<std::string> names;
    for (const auto& row : found.rows) names.push_back(row.at(0).value_or(""));
    return names;
}

std::unique_ptr<sql::CallWords> Schema::call_words() const {
    return sql::sqlserver_words([this](std::string_view name) { return dialect_.quote(name); });
}

bool Schema::mend_column(const StoredTable& table, const StoredColumn& column, Use use) {
    if (column.type.kind != sql::Kind::text || column.type.max_chars != 1) return false;
    const bool in_index =
        std::any_of(table.indexes.begin(), table.indexes.end(), [&](const auto& columns) {
            return std::count(columns.begin(), columns.end(), column.name) != 0;
        });
    // No index takes an nvarchar(max), nor another type than its column had.
    if (in_index && !column.type_text.starts_with("nvarchar")) return false;
    if (in_index && use == Use::value) use = Use::reference;
    const auto wider = dialect_.wider_types(column, use);
    if (wider.empty()) return false;
    session_.run(
        dialect_.set_column_type(table, column, use == Use::value ? wider.back() : wider.front()));
    return true;
}

std::size_t Schema::backfill(const Table& table, const StoredTable& stored,
                             const relational::Names& names,
                             const std::vector<std::size_t>& added) {
    return relational::backfill(
        session_, dialect_, table, stored, names, added, [&](const Column& column) {
            return text::column_type(column.type,
                                     relational::use_of(table, column.name) != Use::value);
        });
}

}  // namespace ringtail::sqlserver
