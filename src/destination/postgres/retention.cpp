#include "destination/postgres/retention.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <optional>

#include "destination/postgres/catalog.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/postgres/plan.hpp"
#include "destination/postgres/row_reader.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

std::optional<Plan> plan_of(Connection& connection, const Table& table) {
    connection.set_patience({});
    if (!read_table(connection, table.name)) return std::nullopt;
    return make_plan(connection, table);
}

}  // namespace

std::uint64_t OldRowsOf::count(const OldRows& rows) {
    connection_.set_patience({});
    Words words(connection_);
    const auto old = reading::find_old(rows, words);
    if (!old) return 0;
    const Rows answer = connection_.run("SELECT count(*) " + old->from, words.params());
    return static_cast<std::uint64_t>(answer.number(0, 0));
}

std::vector<std::string> OldRowsOf::keys(const OldRows& rows, std::size_t most) {
    std::vector<std::string> keys;
    connection_.set_patience({});
    Words words(connection_);
    const auto old = reading::find_old(rows, words);
    if (!old) return keys;
    const Rows answer = connection_.run(
        fmt::format("SELECT t.{}::text {}{} LIMIT {}", old->key.name, old->from, old->order, most),
        words.params());
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
    drop_rejects(connection_, table, keys);
}

std::string OldRowsOf::give_back(std::span<const OldRows> rows,
                                 const std::function<bool()>& /*go_on*/,
                                 const std::stop_token& /*stop*/) {
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
