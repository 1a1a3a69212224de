#include "destination/postgres/plan.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>

#include "base/error.hpp"
#include "destination/postgres/catalog.hpp"
#include "destination/postgres/copy_binary.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/relational/prepare.hpp"

namespace ringtail::postgres {
namespace {

namespace text = sql::postgres;
using sql::quote_identifier;

text::ColumnText as_text(const StoredColumn& column) {
    return {column.name, column.type_text, column.compare_as_text};
}

// An index's row has room for 2,704 bytes, and some indexes are on two texts.
constexpr std::uint64_t kMostIndexedBytes = 1'300;

// Columns that are, or will be, indexed for us: a longer text is a reject there instead of the end
// of all loads.
void limit_indexed_texts(Plan& plan) {
    for (Field& field : plan.fields) {
        const auto holds = [&](const std::vector<std::string>& index) {
            return std::find(index.begin(), index.end(), field.column.name) != index.end();
        };
        sql::ColumnType& type = field.column.type;
        const bool limited =
            type.kind == sql::Kind::text && !type.max_chars &&
            relational::use_of(plan.table, field.source_name) != relational::Use::value &&
            (plan.stored.keys_follow ||  // the index follows
             std::any_of(plan.stored.indexes.begin(), plan.stored.indexes.end(), holds));
        if (!limited) continue;
        type.max_bytes = kMostIndexedBytes;
        field.cannot_widen = "it is indexed, and an index takes 1,300 bytes";
    }
}

void write_statements(Plan& plan) {
    text::Update update{
        .table = plan.stored.name, .stage = plan.stage, .columns = {}, .key = {}, .changed = {}};
    std::vector<std::string> columns;
    plan.is_binary = !plan.changed || has_binary_form(*plan.changed);
    for (const StoredColumn& column : plan.columns()) {
        columns.push_back(column.name);
        update.columns.push_back(as_text(column));
        plan.is_binary = plan.is_binary && has_binary_form(column);
    }
    const auto format = plan.is_binary ? text::Format::binary : text::Format::text;
    for (const StoredColumn& part : plan.key()) update.key.push_back(as_text(part));
    plan.find_existing = text::find_existing(plan.stored.name, update.key);
    plan.create_stage = text::create_stage(plan.stage, plan.stored.name, columns);
    plan.copy_to_stage = text::copy_from_stdin(quote_identifier(plan.stage), columns, format);
    if (plan.changed) {
        update.changed = as_text(*plan.changed);
        columns.push_back(plan.changed->name);
    }
    plan.copy_new = text::copy_from_stdin(plan.stored.name.quoted(), columns, format);
    plan.update = text::update_from_stage(update);
}

constexpr std::string_view kTypesQuery = R"(
SELECT k.place, a.attname, format_type(a.atttypid, a.atttypmod)
FROM unnest($1::text[]) WITH ORDINALITY AS k (name, place)
JOIN pg_attribute a ON a.attrelid = to_regclass(k.name)
WHERE a.attnum > 0 AND NOT a.attisdropped)";

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
    Plan plan{relational::make_plan(table, std::move(*stored), text::name_rules())};
    limit_indexed_texts(plan);
    write_statements(plan);
    return plan;
}

void hold_types(Connection& connection, std::span<const Plan* const> plans) {
    if (plans.empty()) return;
    std::vector<std::string> names;
    for (const Plan* plan : plans) names.push_back(plan->shown_name());
    connection.run(fmt::format("LOCK TABLE {} IN ROW EXCLUSIVE MODE", fmt::join(names, ", ")));
    const Rows columns = connection.run_prepared(std::string(kTypesQuery),
                                                 std::vector<Param>{text::array_literal(names)});
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const Plan& plan = *plans[static_cast<std::size_t>(columns.number(i, 0) - 1)];
        const StoredColumn* const known = plan.stored.find(columns.text(i, 1));
        if (known == nullptr || known->type_text == columns.text(i, 2)) continue;
        throw SqlError(Error(Fault::transient,
                             fmt::format("PostgreSQL, {}: column {} of table {} has become {}",
                                         connection.where(), known->name, plan.shown_name(),
                                         columns.text(i, 2))),
                       relational::Cause::stale_plan, "");
    }
}

}  // namespace ringtail::postgres
