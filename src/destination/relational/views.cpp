#include "destination/relational/views.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "sql/calls_text.hpp"

namespace ringtail::relational {
namespace {

sql::ViewTable view_table(Schema& schema, const Table& table) {
    const auto stored = schema.read_table(table.name);
    if (!stored) {  // prepare() mends that
        throw Error(Fault::transient, "table " + table.name + " is not there");
    }
    sql::ViewTable result{.table = &table,
                          .shown = stored->shown,
                          .columns = map_columns(table, &*stored, schema.name_rules()).columns};
    for (std::string& column : result.columns) {
        if (stored->find(column) == nullptr) column.clear();
    }
    return result;
}

}  // namespace

void make_views(Schema& schema, std::span<const View> views, std::span<const Table> tables,
                const sql::Quote& quote, const Exclusively& exclusively, Logger& log) {
    for (const View& view : views) {
        std::string_view done;
        try {
            exclusively([&] {
                const auto text = sql::resolve_view(
                    view, tables, schema.name_rules(),
                    [&](const Table& table) { return view_table(schema, table); });
                const sql::TableName place = schema.place_of(view.name);
                const auto found = schema.read_view(place);
                if (found && !found->is_view) {
                    throw sql::name_is_taken("the database", place.schema + "." + place.name);
                }
                if (found && found->definition.find(sql::view_mark(text)) != std::string::npos)
                    return;
                schema.make_view(place, sql::view_select(text, quote), found.has_value());
                done = found ? "replaced" : "created";
            });
            if (!done.empty()) log.info(fmt::format("view {} name={}", done, view.name));
        } catch (const ViewIsUsed& used) {
            log.warning(
                fmt::format("view not replaced, as others are built on it name={} "
                            "reason=\"{}\"",
                            view.name, used.why));
        }
    }
}

namespace {

void make_calls_view(Schema& schema, const sql::CallsView& view, Logger& log) {
    const sql::TableName place = schema.place_of(view.name);
    const auto found = schema.read_view(place);
    if (found && (!found->is_view || !sql::is_calls_view(found->definition)))
        throw sql::name_is_taken("the database", place.schema + "." + place.name);
    if (found && found->definition.find(view.mark) != std::string::npos) return;
    schema.make_view(place, view.select, found.has_value());
    log.info(fmt::format("view {} name={}", found ? "replaced" : "created", view.name));
}

}  // namespace

void make_calls(Schema& schema, const CallsPart& part, std::span<const Table> tables,
                const Exclusively& exclusively, Logger& log) {
    const auto words = schema.call_words();
    const sql::Quote quote = [&](std::string_view name) { return words->quote(name); };
    const auto shown = [&](const std::string& name) {
        const sql::TableName place = schema.place_of(name);
        return quote(place.schema) + "." + quote(place.name);
    };
    try {
        exclusively([&] {
            const sql::CallsView own = sql::part_view(
                part, tables, [&](const Table& table) { return view_table(schema, table); },
                schema.name_rules(),
                [&](const sql::ViewText& text) { return sql::view_select(text, quote); }, *words);
            make_calls_view(schema, own, log);
            const std::string place = schema.place_of(own.name).schema;
            std::vector<std::string> parts = schema.views_named(place, sql::part_prefix(part));
            for (std::string& name : parts) name = quote(place) + "." + quote(name);
            for (const auto& view : sql::shared_views(part.prefix, parts, shown, *words))
                make_calls_view(schema, view, log);
        });
    } catch (const ViewIsUsed& used) {
        sql::say_no_calls(used.why, log);
    } catch (const Error& error) {
        if (error.fault() == Fault::transient || error.fault() == Fault::stopped) throw;
        sql::say_no_calls(error.what(), log);
    }
}

}  // namespace ringtail::relational
