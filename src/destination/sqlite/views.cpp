#include "destination/sqlite/views.hpp"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "destination/sqlite/shape.hpp"
#include "sql/calls_text.hpp"
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

// `may_replace` is asked about the statement of a view that is there.
void make_view(sqlite::Connection& db, const std::string& name, const std::string& select,
               const std::function<bool(const std::string&)>& may_replace, Logger& log) {
    const std::string create = fmt::format("CREATE VIEW {} AS {}", quote_identifier(name), select);
    const Found found = find(db, name);
    if (!found.type.empty() && (found.type != "view" || !may_replace(found.sql)))
        throw sql::name_is_taken("SQLite database " + db.path(), name);
    if (found.sql == create) return;
    if (!found.type.empty()) db.run("DROP VIEW " + quote_identifier(name));
    db.run(create);
    log.info(fmt::format("view {}: {}", found.type.empty() ? "created" : "replaced", name));
}

}  // namespace

void make_views(sqlite::Connection& db, std::span<const View> views, std::span<const Table> tables,
                Logger& log) {
    for (const View& view : views) {
        const std::string select = sql::view_select(
            sql::resolve_view(view, tables, {.folds_case = true},
                              [&](const Table& table) { return table_of(db, table); }),
            quote_identifier);
        make_view(
            db, view.name, select, [](const std::string&) { return true; }, log);
    }
}

void make_calls(sqlite::Connection& db, const CallsPart& part, std::span<const Table> tables,
                Logger& log) {
    const auto words = sql::sqlite_words();
    const sql::CallsView own = sql::part_view(
        part, tables, [&](const Table& table) { return table_of(db, table); }, {.folds_case = true},
        [](const sql::ViewText& text) { return sql::view_select(text, quote_identifier); }, *words);
    make_view(db, own.name, own.select, sql::is_calls_view, log);
    auto select = db.prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'view' AND substr(name, 1, length(?1)) = ?1 "
        "ORDER BY name",
        "looking for views");
    const std::string beginning = sql::part_prefix(part);
    select.bind_static(1, beginning);
    std::vector<std::string> parts;
    while (select.step()) parts.push_back(quote_identifier(select.text(0)));
    select.reset();
    const auto shown = [](const std::string& name) { return quote_identifier(name); };
    for (const auto& view : sql::shared_views(part.prefix, parts, shown, *words))
        make_view(db, view.name, view.select, sql::is_calls_view, log);
}

}  // namespace ringtail
