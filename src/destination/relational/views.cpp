#include "destination/relational/views.hpp"

#include <fmt/core.h>

#include "base/error.hpp"

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

}  // namespace ringtail::relational
