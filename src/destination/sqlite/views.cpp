#include "destination/sqlite/views.hpp"

#include <fmt/format.h>

#include <string>

#include "base/error.hpp"
#include "destination/sqlite/shape.hpp"
#include "sql/names.hpp"
#include "sql/view_text.hpp"

namespace ringtail {
namespace {

using sql::quote_identifier;

// What stands under a name: the word for it, and the statement that made it.
struct Found {
    std::string type, sql;
};

Found find(sqlite::Connection& db, const std::string& name) {
    auto select = db.prepare("SELECT type, sql FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE",
                             "looking for the view " + name);
    select.bind_static(1, name);
    if (!select.step()) return {};
    return {std::string(select.text(0)), std::string(select.text(1))};
}

sql::ViewTable table_of(sqlite::Connection& db, const Table& table) {
    const Shape shape = read_shape(db, table.name);
    sql::ViewTable result{
        .table = &table, .shown = quote_identifier(table.name), .columns = names_in(shape, table)};
    const auto stored = columns_in(shape, table);
    for (std::size_t i = 0; i < stored.size(); ++i) {
        if (!stored[i]) result.columns[i].clear();
    }
    return result;
}

}  // namespace

void make_views(sqlite::Connection& db, std::span<const View> views, std::span<const Table> tables,
                Logger& log) {
    for (const View& view : views) {
        const std::string select = sql::view_select(
            sql::resolve_view(view, tables, {.folds_case = true},
                              [&](const Table& table) { return table_of(db, table); }),
            quote_identifier);
        const std::string create =
            fmt::format("CREATE VIEW {} AS {}", quote_identifier(view.name), select);
        const Found found = find(db, view.name);
        if (!found.type.empty() && found.type != "view") {
            throw sql::name_is_taken("SQLite database " + db.path(), view.name);
        }
        if (found.sql == create) continue;
        if (!found.type.empty()) db.run("DROP VIEW " + quote_identifier(view.name));
        db.run(create);
        log.info(
            fmt::format("view {}: {}", found.type.empty() ? "created" : "replaced", view.name));
    }
}

}  // namespace ringtail
