#include "destination/clickhouse/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "destination/clickhouse/hash.hpp"

namespace ringtail::clickhouse {
namespace {

Error missing(const Server& server, const std::string& what) {
    // prepare() mends that.
    return {Fault::transient,
            fmt::format("ClickHouse, {}: there is no {}", server.url().shown, what)};
}

Error not_fillable(const Plan& plan, const Shape::Declared& column, std::string_view why,
                   std::string_view type) {
    return Error(Fault::config, fmt::format("ClickHouse, table {}: column {} of type {} {}",
                                            plan.name.quoted(), column.name, column.type, why))
        .with_hint(
            sql::clickhouse::modify_column(plan.name.storage(), {column.name, std::string(type)}) +
            ";");
}

}  // namespace

bool Plan::is_for(const Table& other) const {
    return table.changed == other.changed && table.key == other.key &&
           std::equal(table.columns.begin(), table.columns.end(), other.columns.begin(),
                      other.columns.end(), [](const Column& a, const Column& b) {
                          return a.name == b.name && a.type == b.type;
                      });
}

std::vector<std::string> Plan::key_columns() const {
    std::vector<std::string> names;
    for (const std::size_t cell : key_cells) names.push_back(targets[cell].column.name);
    return names;
}

std::vector<std::string> Plan::key_types() const {
    std::vector<std::string> types;
    for (const std::size_t cell : key_cells) types.push_back(targets[cell].column.type);
    return types;
}

std::vector<std::string> Plan::columns() const {
    std::vector<std::string> names;
    for (const Target& target : targets) names.push_back(target.column.name);
    if (changed) names.push_back(changed->name);
    for (const std::string_view technical : {sql::clickhouse::kVersion, sql::clickhouse::kHash,
                                             sql::clickhouse::kMonth, sql::clickhouse::kDeleted}) {
        names.emplace_back(technical);
    }
    return names;
}

std::optional<std::size_t> Plan::cell_of(std::string_view source_name) const {
    const auto found = std::find_if(targets.begin(), targets.end(), [&](const Target& target) {
        return target.source_name == source_name;
    });
    if (found == targets.end()) return std::nullopt;
    return static_cast<std::size_t>(found - targets.begin());
}

std::vector<std::string> names_in(const Shape& shape, const Table& table) {
    std::vector<std::string> wanted;
    for (const Column& column : table.columns) wanted.push_back(column.name);
    return sql::map_names(wanted, shape.names(), sql::clickhouse::name_rules());
}

std::vector<std::string> key_in(const Shape& shape, const Table& table) {
    const auto names = names_in(shape, table);
    std::vector<std::string> key;
    for (const std::string& part : table.key) {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (table.columns[i].name == part) key.push_back(names[i]);
    }
    return key;
}

std::optional<std::string> month_column(const Table& table) {
    for (const std::string_view name : {"fired", "started"}) {
        for (const Column& column : table.columns) {
            if (column.name == name && column.type == Type::timestamp) return column.name;
        }
    }
    return std::nullopt;
}

Plan make_plan(Server& server, const Table& table) {
    Plan plan;
    plan.table = table;
    plan.name = server.table(table.name);
    const Shape shape = read_shape(server, plan.name);
    if (!shape.exists()) throw missing(server, "table " + table.name);
    const auto names = names_in(shape, table);
    std::vector<std::string> ours = names;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Column& wanted = table.columns[i];
        const Shape::Declared* const declared = shape.find(names[i]);
        if (declared == nullptr) {
            throw missing(server, fmt::format("column {} in the table {}", names[i], table.name));
        }
        const std::string ours_instead =
            sql::clickhouse::nullable(sql::clickhouse::type_name(wanted.type, server.features()));
        auto column = stored_column(declared->name, declared->type, wanted.type);
        if (!column) throw not_fillable(plan, *declared, "cannot be filled", ours_instead);
        if (declared->computed())
            throw not_fillable(plan, *declared, "is computed by the server", ours_instead);
        if (wanted.name == table.changed && !table.changed.empty()) {
            plan.changed = std::move(*column);
            continue;
        }
        const bool in_key =
            std::find(table.key.begin(), table.key.end(), wanted.name) != table.key.end();
        const bool whole_key = in_key && wanted.type == Type::int64;
        if (in_key && column->type != "String" && !(whole_key && column->type == "Int64"))
            throw not_fillable(plan, *declared, "is the key, but not of the type that it must have",
                               whole_key ? "Int64" : "String");
        if (in_key) plan.key_cells.push_back(plan.targets.size());
        for (const Reference& reference : table.references) {
            if (reference.enforced && reference.column == wanted.name)
                plan.parents.emplace_back(plan.targets.size(), reference.parent);
        }
        plan.targets.push_back({wanted.name, wanted.type, std::move(*column),
                                RowHash::column(wanted.name), in_key, whole_key, ""});
    }
    if (const auto month = month_column(table)) plan.month_cell = plan.cell_of(*month);
    for (const Shape::Declared& column : shape.columns) {
        const bool known = sql::clickhouse::is_technical(column.name) || column.computed() ||
                           std::find(ours.begin(), ours.end(), column.name) != ours.end();
        if (!known) plan.others.push_back(column.name);
    }
    return plan;
}

}  // namespace ringtail::clickhouse
