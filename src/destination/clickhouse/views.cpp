#include "destination/clickhouse/views.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "destination/clickhouse/catalog.hpp"
#include "destination/clickhouse/plan.hpp"
#include "sql/clickhouse_view.hpp"

namespace ringtail::clickhouse {
namespace {

constexpr int kSyntax = 62;

sql::ViewTable view_table(Server& server, const Table& table) {
    const auto name = server.table(table.name);
    const Shape shape = read_shape(server, name);
    sql::ViewTable result{
        .table = &table, .shown = name.view().quoted(), .columns = names_in(shape, table)};
    for (std::string& column : result.columns) {
        if (shape.find(column) == nullptr) column.clear();
    }
    return result;
}

std::string definition_of(Server& server, const sql::clickhouse::TableName& view) {
    TsvRows rows = server.query("SHOW CREATE TABLE " + view.quoted() + " FORMAT TabSeparated");
    return rows.next() ? rows.text(0) : std::string();
}

void make(Server& server, const sql::clickhouse::TableName& name, const sql::ViewText& text,
          bool is_there) {
    if (server.features().or_replace_view) {
        try {
            return server.run(
                sql::clickhouse::create_star_view(name, text, {.or_replace_view = true}));
        } catch (const ServerError& error) {
            if (error.code() != kSyntax) throw;
        }
    }
    if (is_there) server.run(sql::clickhouse::drop_table(name));
    try {
        server.run(sql::clickhouse::create_star_view(name, text, {}));
    } catch (const ServerError& error) {
        if (error.code() != kTableThere) throw;  // another process was quicker
    }
}

}  // namespace

void make_views(Server& server, std::span<const View> views, std::span<const Table> tables,
                Logger& log) {
    for (const View& view : views) {
        const auto name = server.table(view.name);
        const std::string engine = read_engine(server, name);
        if (!engine.empty() && engine != "View")
            throw sql::name_is_taken("ClickHouse, " + server.url().shown, view.name);
        const auto text =
            sql::resolve_view(view, tables, sql::clickhouse::caption_rules(),
                              [&](const Table& table) { return view_table(server, table); });
        const bool is_there = !engine.empty();
        if (is_there && definition_of(server, name).find(sql::view_mark(text)) != std::string::npos)
            continue;
        make(server, name, text, is_there);
        log.info(fmt::format("view {}: {}", is_there ? "replaced" : "created", view.name));
    }
}

}  // namespace ringtail::clickhouse
