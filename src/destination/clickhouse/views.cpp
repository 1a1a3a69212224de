#include "destination/clickhouse/views.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "destination/clickhouse/catalog.hpp"
#include "destination/clickhouse/plan.hpp"
#include "sql/calls_text.hpp"
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

// Empty where another process has just dropped it, to make it anew.
std::string definition_of(Server& server, const sql::clickhouse::TableName& view) {
    try {
        TsvRows rows = server.query("SHOW CREATE TABLE " + view.quoted() + " FORMAT TabSeparated");
        return rows.next() ? rows.text(0) : std::string();
    } catch (const ServerError& error) {
        if (error.code() != kUnknownTable) throw;
        return {};
    }
}

void make(Server& server, const sql::clickhouse::TableName& name, const std::string& select,
          bool is_there) {
    if (server.features().or_replace_view) {
        try {
            return server.run(
                sql::clickhouse::create_view_as(name, select, {.or_replace_view = true}));
        } catch (const ServerError& error) {
            if (error.code() != kSyntax) throw;
        }
    }
    if (is_there) drop_if_there(server, sql::clickhouse::drop_table(name));
    try {
        server.run(sql::clickhouse::create_view_as(name, select, {}));
    } catch (const ServerError& error) {
        if (error.code() != kTableThere) throw;  // another process was quicker
    }
}

void make_calls_view(Server& server, const sql::CallsView& view, Logger& log) {
    const auto name = server.table(view.name);
    const std::string engine = read_engine(server, name);
    const bool is_there = !engine.empty();
    const std::string definition = is_there ? definition_of(server, name) : std::string();
    if (is_there && (engine != "View" || !(definition.empty() || sql::is_calls_view(definition))))
        throw sql::name_is_taken("ClickHouse, " + server.url().shown, view.name);
    if (is_there && definition.find(view.mark) != std::string::npos) return;
    make(server, name, view.select, is_there);
    log.info(fmt::format("view {}: {}", is_there ? "replaced" : "created", view.name));
}

std::vector<std::string> parts_in(Server& server, const std::string& beginning) {
    const std::string start = sql::clickhouse::literal(beginning);
    TsvRows rows = ask_catalog(
        server,
        fmt::format("SELECT name FROM system.tables WHERE database = {} AND engine = 'View' AND "
                    "substring(name, 1, length({})) = {} ORDER BY name FORMAT TabSeparated",
                    sql::clickhouse::literal(server.table(beginning).database), start, start));
    std::vector<std::string> parts;
    while (rows.next()) parts.push_back(server.table(rows.text(0)).quoted());
    return parts;
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
        make(server, name, sql::clickhouse::star_select(text), is_there);
        log.info(fmt::format("view {}: {}", is_there ? "replaced" : "created", view.name));
    }
}

void make_calls(Server& server, const CallsPart& part, std::span<const Table> tables, Logger& log) {
    const auto words = sql::clickhouse_words();
    try {
        make_calls_view(
            server,
            sql::part_view(
                part, tables, [&](const Table& table) { return view_table(server, table); },
                sql::clickhouse::caption_rules(), sql::clickhouse::star_select, *words),
            log);
        const auto parts = parts_in(server, sql::part_prefix(part));
        const auto shown = [&](const std::string& name) { return server.table(name).quoted(); };
        for (const auto& view : sql::shared_views(part.prefix, parts, shown, *words))
            make_calls_view(server, view, log);
    } catch (const Error& error) {
        if (error.fault() == Fault::transient || error.fault() == Fault::stopped) throw;
        sql::say_no_calls(error.what(), log);
    }
}

}  // namespace ringtail::clickhouse
