#include "destination/postgres/retention.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <optional>

#include "base/time_text.hpp"
#include "destination/postgres/catalog.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/postgres/plan.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::quote_identifier;

std::optional<Plan> plan_of(Connection& connection, const Table& table) {
    connection.set_patience({});
    if (!read_table(connection, table.name)) return std::nullopt;
    return make_plan(connection, table);
}

std::string name_in(const Plan& plan, const std::string& column) {
    return quote_identifier(plan.field(column).column.name);
}

// "FROM … WHERE …", and $1 of it.
struct Found {
    std::string key, from;
    std::vector<Param> params;
};
std::optional<Found> find(Connection& connection, const OldRows& rows) {
    const auto plan = plan_of(connection, rows.table);
    if (!plan) return std::nullopt;
    std::string scratch;
    const std::string time = format_time(rows.before);
    const auto fitted =
        sql::fit({Cell::Kind::text, time}, plan->field(rows.column).column.type, scratch);
    Found found{name_in(*plan, rows.table.key.front()), "", {std::string(fitted.text)}};
    found.from = fmt::format("FROM {} AS t WHERE t.{} < $1", plan->shown_name(),
                             name_in(*plan, rows.column));
    if (!rows.of_column.empty())
        found.from += fmt::format(" AND t.{} = {}", name_in(*plan, rows.of_column), rows.of);
    for (const OldRows::Child& child : rows.unless) {
        const auto other = plan_of(connection, child.table);
        if (!other) continue;
        found.from += fmt::format(" AND NOT EXISTS (SELECT 1 FROM {} AS c WHERE c.{} = t.{})",
                                  other->shown_name(), name_in(*other, child.column), found.key);
    }
    return found;
}

}  // namespace

std::uint64_t OldRowsOf::count(const OldRows& rows) {
    const auto found = find(connection_, rows);
    if (!found) return 0;
    return static_cast<std::uint64_t>(
        connection_.run("SELECT count(*) " + found->from, found->params).number(0, 0));
}

std::vector<std::string> OldRowsOf::keys(const OldRows& rows, std::size_t most) {
    std::vector<std::string> keys;
    const auto found = find(connection_, rows);
    if (!found) return keys;
    const Rows answer = connection_.run(
        fmt::format("SELECT t.{}::text {} LIMIT {}", found->key, found->from, most), found->params);
    for (std::size_t row = 0; row < answer.size(); ++row) keys.emplace_back(answer.text(row, 0));
    return keys;
}

std::vector<std::string> OldRowsOf::children(const OldRows::Child& child,
                                             std::span<const std::string> parents) {
    std::vector<std::string> keys;
    const auto plan = plan_of(connection_, child.table);
    if (!plan || parents.empty()) return keys;
    const StoredColumn& column = plan->field(child.column).column;
    const std::vector<sql::postgres::ColumnText> by{
        {column.name, column.type_text, column.compare_as_text}};
    const std::string& key = plan->field(child.table.key.front()).column.name;
    const Rows answer = connection_.run(sql::postgres::fingerprints(plan->stored.name, by, key),
                                        {sql::postgres::array_literal(parents)});
    for (std::size_t row = 0; row < answer.size(); ++row) keys.emplace_back(answer.text(row, 1));
    return keys;
}

void OldRowsOf::forget_rejects(std::string_view table, std::span<const std::string> keys) {
    connection_.set_patience({});
    connection_.run("DELETE FROM " + own_table(connection_, "rejects") +
                        " WHERE table_name = $1 AND row_key = ANY (CAST($2 AS text[]))",
                    {std::string(table), sql::postgres::array_literal(keys)});
}

std::string OldRowsOf::give_back(std::span<const OldRows> rows, const std::stop_token& /*stop*/) {
    std::vector<std::string> names;
    for (const OldRows& old : rows) {
        if (const auto table = read_table(connection_, old.table.name))
            names.push_back(table->shown);
    }
    return fmt::format(
        "PostgreSQL uses the room for new rows once autovacuum has been there. To give it back to "
        "the disk, while nobody reads: VACUUM FULL {}",
        fmt::join(names, ", "));
}

}  // namespace ringtail::postgres
