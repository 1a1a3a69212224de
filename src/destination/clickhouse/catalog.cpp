#include "destination/clickhouse/catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringtail::clickhouse {
namespace {

using sql::clickhouse::literal;

std::string where_table(const sql::clickhouse::TableName& table, std::string_view column) {
    return fmt::format("database = {} AND {} = {}", literal(table.database), column,
                       literal(table.name));
}

// Another process may be replacing a view; that is done soon.
constexpr int kMostAttempts = 20;

}  // namespace

TsvRows ask_catalog(Server& server, const std::string& sql) {
    for (int attempt = 1;; ++attempt) {
        try {
            return server.query(sql);
        } catch (const ServerError& error) {
            if (error.code() != kUnknownTable || attempt == kMostAttempts) throw;
        }
    }
}

void drop_if_there(Server& server, const std::string& statement) {
    try {
        server.run(statement);
    } catch (const ServerError& error) {
        if (error.code() != kUnknownTable) throw;
    }
}

bool Shape::is_ours() const {
    return std::count_if(columns.begin(), columns.end(), [](const Declared& column) {
               return sql::clickhouse::is_technical(column.name);
           }) == 4;
}

const Shape::Declared* Shape::find(std::string_view name) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const Declared& column) { return column.name == name; });
    return found == columns.end() ? nullptr : &*found;
}

std::vector<std::string> Shape::names() const {
    std::vector<std::string> names;
    for (const Declared& column : columns) {
        if (!sql::clickhouse::is_technical(column.name)) names.push_back(column.name);
    }
    return names;
}

// In the table's order: that is how the server lists them, and old ones have no column that says
// so.
Shape read_shape(Server& server, const sql::clickhouse::TableName& table) {
    Shape shape;
    TsvRows rows = ask_catalog(server,
                               "SELECT name, type, default_kind "
                               "FROM system.columns WHERE " +
                                   where_table(table, "table") + " FORMAT TabSeparated");
    while (rows.next()) shape.columns.push_back({rows.text(0), rows.text(1), rows.text(2)});
    return shape;
}

std::string read_engine(Server& server, const sql::clickhouse::TableName& table) {
    TsvRows rows = ask_catalog(server, "SELECT engine FROM system.tables WHERE " +
                                           where_table(table, "name") + " FORMAT TabSeparated");
    return rows.next() ? rows.text(0) : "";
}

}  // namespace ringtail::clickhouse
