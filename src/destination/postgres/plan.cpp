#include "destination/postgres/plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "destination/postgres/columns.hpp"

namespace ringtail::postgres {
namespace {

namespace text = sql::postgres;
using sql::quote_identifier;

text::ColumnText as_text(const StoredColumn& column) {
    return {column.name, column.type_text, column.compare_as_text};
}

void write_statements(Plan& plan) {
    text::Update update{
        .table = plan.stored.name, .stage = plan.stage, .columns = {}, .key = {}, .changed = {}};
    std::vector<std::string> columns;
    for (const Field& field : plan.fields) {
        if (field.column.name.empty()) continue;
        columns.push_back(field.column.name);
        update.columns.push_back(as_text(field.column));
    }
    for (const std::string& part : plan.table.key)
        update.key.push_back(as_text(plan.field(part).column));
    plan.find_existing = text::find_existing(plan.stored.name, update.key);
    plan.create_stage = text::create_stage(plan.stage, plan.stored.name, columns);
    plan.copy_to_stage = text::copy_from_stdin(quote_identifier(plan.stage), columns);
    if (plan.changed) {
        update.changed = as_text(*plan.changed);
        columns.push_back(plan.changed->name);
    }
    plan.copy_new = text::copy_from_stdin(plan.stored.name.quoted(), columns);
    plan.update = text::update_from_stage(update);
}

}  // namespace

Plan make_plan(Connection& connection, const Table& table) {
    auto stored = read_table(connection, table.name);
    if (!stored) throw Error(Fault::transient, "table " + table.name + " is not there");
    if (!stored->writable) {
        const std::string name = stored->name.quoted();
        throw Error(Fault::config,
                    fmt::format("PostgreSQL, {}: no right to read and write table {}",
                                connection.where(), name))
            .with_hint(fmt::format(
                "As the table's owner: GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {};", name,
                quote_identifier(connection.user())));
    }
    if (stored->row_security) {
        throw Error(
            Fault::config,
            fmt::format(
                "PostgreSQL, {}: row security is active on table {}, so rows cannot be loaded "
                "into it by COPY",
                connection.where(), stored->name.quoted()))
            .with_hint(fmt::format("As a superuser: ALTER ROLE {} BYPASSRLS;",
                                   quote_identifier(connection.user())));
    }
    Plan plan;
    plan.table = table;
    plan.stored = std::move(*stored);
    const Names names = map_columns(table, &plan.stored);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        const StoredColumn* found =
            names.columns[i].empty() ? nullptr : plan.stored.find(names.columns[i]);
        if (found == nullptr && !column.only_if_present) {
            throw Error(Fault::transient,
                        fmt::format("table {} has no column {}", plan.shown_name(),
                                    quote_identifier(names.columns[i])));
        }
        if (!table.changed.empty() && column.name == table.changed) {
            if (found != nullptr) plan.changed = *found;
            continue;
        }
        plan.fields.push_back(
            {.column = found == nullptr ? StoredColumn{} : *found,
             .source_name = column.name,
             .is_key = std::count(table.key.begin(), table.key.end(), column.name) != 0,
             .cannot_widen = ""});
    }
    plan.stage = "ringtail_stage_" + md5_hex({table.name}).substr(0, 16);
    write_statements(plan);
    return plan;
}

const Field& Plan::field(const std::string& source_name) const {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& f) { return f.source_name == source_name; });
    if (found == fields.end())
        throw Error(Fault::bug, "table " + table.name + " has no field " + source_name);
    return *found;
}

bool same_shape(const Table& a, const Table& b) {
    return a.name == b.name && a.key == b.key && a.changed == b.changed &&
           std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                      [](const Column& l, const Column& r) {
                          return l.name == r.name && l.only_if_present == r.only_if_present;
                      });
}

}  // namespace ringtail::postgres
