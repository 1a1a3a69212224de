#include "destination/postgres/widen.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "destination/postgres/errors.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::Kind;
using Outcome = sql::Fitted::Outcome;

struct Wider {
    std::string type_text;
    sql::ColumnType type;
};

// From the nearest to the widest.
std::vector<Wider> wider_types(const sql::ColumnType& type) {
    const Wider numeric{"numeric", {.kind = Kind::decimal}};
    switch (type.kind) {
        case Kind::text:
            return {{"text", {.kind = Kind::text}}};
        case Kind::integer:
            if (type.bytes == 8) return {numeric};
            return {{"bigint", {.kind = Kind::integer, .bytes = 8}}, numeric};
        case Kind::decimal:
            return {numeric};
        case Kind::timestamptz:
            return {{"timestamp with time zone", {.kind = Kind::timestamptz}}};
        case Kind::timestamp:
            return {{"timestamp without time zone", {.kind = Kind::timestamp}}};
        case Kind::boolean:
        case Kind::float64:
        case Kind::date:
        case Kind::json:
        case Kind::other:
            break;
    }
    return {};
}

// The nearest type that holds all values of the cell that the column cannot hold; nothing where
// there are none.
std::optional<Wider> needed(const Batch& batch, std::size_t cell, const sql::ColumnType& type) {
    const auto choice = wider_types(type);
    std::size_t chosen = 0;
    bool narrow = false;
    std::string scratch;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        const Cell value = batch.at(row, cell);
        if (sql::fit(value, type, scratch).outcome != Outcome::too_narrow) continue;
        narrow = true;
        while (chosen + 1 < choice.size() &&
               sql::fit(value, choice[chosen].type, scratch).outcome == Outcome::too_narrow) {
            ++chosen;
        }
    }
    if (!narrow || choice.empty()) return std::nullopt;
    return choice[chosen];
}

// True when done, also by somebody else.
void alter(Connection& connection, const Plan& plan, const Field& field, const Wider& wider,
           Logger& log) {
    Transaction transaction(connection);
    connection.run("SET LOCAL lock_timeout = '30s'");
    connection.run("LOCK TABLE " + plan.shown_name() + " IN ACCESS EXCLUSIVE MODE");
    const auto now = read_table(connection, plan.table.name);
    const StoredColumn* column = now ? now->find(field.column.name) : nullptr;
    // Another process may have widened it further meanwhile.
    if (column == nullptr || column->type_text != field.column.type_text) return;
    connection.run(
        sql::postgres::set_column_type(plan.stored.name, {field.column.name, wider.type_text}));
    transaction.commit();
    log.info(fmt::format("column widened table={} column={} from=\"{}\" to=\"{}\"",
                         plan.shown_name(), sql::quote_identifier(field.column.name),
                         field.column.type_text, wider.type_text));
}

}  // namespace

void widen(Connection& connection, const Plan& plan, const Batch& batch, NotWidened& not_widened,
           Logger& log) {
    for (std::size_t cell = 0; cell < plan.fields.size(); ++cell) {
        const Field& field = plan.fields[cell];
        if (field.column.name.empty() || !field.cannot_widen.empty()) continue;
        const auto wider = needed(batch, cell, field.column.type);
        if (!wider) continue;
        std::string& refusal = not_widened[{plan.table.name, field.source_name}];
        try {
            if (field.column.domain) {
                refusal = "it is of a domain type";
            } else {
                alter(connection, plan, field, *wider, log);
                not_widened.erase({plan.table.name, field.source_name});
            }
        } catch (const SqlError& error) {
            if (error.fault() != Fault::data && error.fault() != Fault::config) throw;
            refusal = error.what();
            log.warning(
                fmt::format("column not widened table={} column={} type=\"{}\" reason=\"{}\"",
                            plan.shown_name(), sql::quote_identifier(field.column.name),
                            field.column.type_text, error.what()));
        }
    }
}

}  // namespace ringtail::postgres
