#include "destination/postgres/plan.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "destination/postgres/catalog.hpp"

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
    for (const StoredColumn& column : plan.columns()) {
        columns.push_back(column.name);
        update.columns.push_back(as_text(column));
    }
    for (const StoredColumn& part : plan.key()) update.key.push_back(as_text(part));
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
    if (!stored) relational::fail_without_table(table);
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
    Plan plan{
        relational::make_plan(table, std::move(*stored), text::name_rules()), {}, {}, {}, {}, {}};
    write_statements(plan);
    return plan;
}

}  // namespace ringtail::postgres
