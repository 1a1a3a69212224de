#include "destination/mysql/schema.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "destination/mysql/catalog.hpp"
#include "destination/mysql/dialect.hpp"
#include "destination/mysql/literal.hpp"
#include "destination/relational/backfill.hpp"

namespace ringtail::mysql {
namespace {

using relational::NewColumn;
using relational::NewTable;

// Leaves out the last columns that need not be there, until the rest fits into a row.
void leave_out(NewTable& table) {
    std::size_t bytes = 0;
    for (const NewColumn& column : table.columns) bytes += row_bytes(column.type);
    std::size_t columns = table.columns.size();
    for (std::size_t i = table.columns.size();
         i-- > 0 && (bytes > kMostRowBytes || columns > kMostColumns);) {
        if (table.columns[i].needed) continue;
        bytes -= row_bytes(table.columns[i].type);
        --columns;
        table.columns.erase(table.columns.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

}  // namespace

const sql::NameRules& Schema::name_rules() const { return mysql::name_rules(); }

sql::TableName Schema::place_of(std::string_view name) {
    return mysql::place_of(connection_, name);
}

std::optional<relational::StoredTable> Schema::read_table(std::string_view name) {
    auto table = mysql::read_table(connection_, name);
    if (table && table->is_table && table->engine != "InnoDB" && !table->engine.empty()) {
        throw Error(Fault::config,
                    fmt::format("table {} is of the engine {}, which has no transactions",
                                table->shown, table->engine))
            .with_hint(fmt::format("ALTER TABLE {} ENGINE = InnoDB;", table->shown));
    }
    return table;
}

relational::StoredTable Schema::create_table(NewTable& table) {
    leave_out(table);
    connection_.run(mysql::create_table(table, connection_.server().exact_collation));
    relational::StoredTable stored;
    stored.name = table.place;
    stored.shown = shown(table.place);
    stored.ours = true;
    return stored;
}

bool Schema::add_column(const relational::StoredTable& table, const NewColumn& column) {
    const auto now = mysql::read_table(connection_, table.name.schema + "." + table.name.name);
    const std::size_t bytes = row_bytes(column.type);
    if (now && !column.needed &&
        (now->row_bytes + bytes > kMostRowBytes || now->columns.size() >= kMostColumns)) {
        return false;
    }
    try {
        connection_.run(mysql::add_column(table, column, connection_.server().exact_collation));
    } catch (const SqlError& error) {
        if (!is_too_wide(error) || column.needed) throw;
        return false;
    }
    return true;
}

void Schema::add_index(const relational::StoredTable& table, const relational::NewIndex& index) {
    connection_.run(mysql::add_index(table, index));
}

std::optional<relational::StoredView> Schema::read_view(const sql::TableName& place) {
    const auto found = connection_.run(
        "SELECT t.TABLE_TYPE, v.VIEW_DEFINITION FROM information_schema.TABLES t LEFT JOIN "
        "information_schema.VIEWS v ON v.TABLE_SCHEMA = t.TABLE_SCHEMA AND v.TABLE_NAME = "
        "t.TABLE_NAME WHERE t.TABLE_SCHEMA = ? AND t.TABLE_NAME = ?",
        {place.schema, place.name});
    if (found.rows.empty()) return std::nullopt;
    const auto& row = found.rows.front();
    return relational::StoredView{row.at(0) == "VIEW", row.at(1).value_or("")};
}

void Schema::make_view(const sql::TableName& place, const std::string& select, bool is_there) {
    try {
        connection_.run(mysql::make_view(place, select, is_there));
    } catch (const SqlError& error) {
        if (error.cause() != relational::Cause::no_right) throw;
        throw Error(Fault::config, error.what())
            .with_hint(fmt::format("As an administrator: GRANT CREATE VIEW, SHOW VIEW, DROP ON "
                                   "{}.* TO {};",
                                   quote_name(place.schema), connection_.server().user));
    }
}

std::vector<std::string> Schema::views_named(const std::string& schema,
                                             std::string_view beginning) {
    const auto found = connection_.run(
        "SELECT TABLE_NAME FROM information_schema.VIEWS WHERE TABLE_SCHEMA = ? AND "
        "LEFT(TABLE_NAME, CHAR_LENGTH(?)) = ? ORDER BY TABLE_NAME",
        {schema, std::string(beginning), std::string(beginning)});
    std::vector<std::string> names;
    for (const auto& row : found.rows) names.push_back(row.at(0).value_or(""));
    return names;
}

std::unique_ptr<sql::CallWords> Schema::call_words() const {
    return sql::mysql_words([](std::string_view name) { return quote_name(name); });
}

std::size_t Schema::backfill(const Table& table, const relational::StoredTable& stored,
                             const relational::Names& names,
                             const std::vector<std::size_t>& added) {
    const std::string collation = connection_.server().exact_collation;
    const auto use = [&](const Column& column) { return relational::use_of(table, column.name); };
    relational::Transaction transaction(connection_);
    const std::size_t rows = relational::backfill(
        connection_, Dialect(collation), table, stored, names, added,
        [&](const Column& column) { return column_type(column.type, use(column)); });
    transaction.commit();
    for (const std::size_t i : added) {
        const Column& column = table.columns[i];
        connection_.run(finish_column(
            stored, {.name = names.columns[i], .type = column.type, .use = use(column)},
            collation));
    }
    return rows;
}

}  // namespace ringtail::mysql
