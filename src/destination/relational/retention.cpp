#include "destination/relational/retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "destination/relational/keys.hpp"
#include "destination/relational/own_tables.hpp"
#include "destination/relational/plan.hpp"
#include "destination/relational/row_reader.hpp"

namespace ringtail::relational {
namespace {

std::optional<Plan> plan_of(Database& database, const Table& table) {
    auto stored = database.schema().read_table(table.name);
    if (!stored) return std::nullopt;
    return make_plan(table, std::move(*stored), database.schema().name_rules());
}

}  // namespace

std::uint64_t OldRowsOf::count(const OldRows& rows) {
    Words words(database_);
    const auto old = reading::find_old(rows, words);
    if (!old) return 0;
    const Answer answer = database_.session().run("SELECT COUNT(*) " + old->from, words.params());
    return std::stoull(answer.rows.at(0).at(0).value_or("0"));
}

std::vector<std::string> OldRowsOf::keys(const OldRows& rows, std::size_t most) {
    std::vector<std::string> keys;
    Words words(database_);
    const auto old = reading::find_old(rows, words);
    if (!old) return keys;
    const std::string key = "t." + old->key.name;
    Answer answer =
        database_.session().run(fmt::format("SELECT {0} {1}{2} {3}", key, old->from,
                                            old->order.empty() ? " ORDER BY " + key : old->order,
                                            database_.dialect().limit(most)),
                                words.params());
    for (Row& row : answer.rows) keys.push_back(canonical(row.at(0).value_or(""), old->key.type));
    return keys;
}

std::vector<std::string> OldRowsOf::children(const OldRows::Child& child,
                                             std::span<const std::string> parents) {
    std::vector<std::string> keys;
    const auto plan = plan_of(database_, child.table);
    if (!plan) return keys;
    const StoredColumn& column = plan->field(child.column).column;
    const StoredColumn key = plan->key().front();
    std::vector<KeyParts> wanted;
    for (const std::string& parent : parents) wanted.push_back({parent});
    for (Row& row : rows_with_keys(database_.session(), database_.dialect(), plan->shown_name(),
                                   std::span(&column, 1), wanted, key.name)) {
        keys.push_back(canonical(row.back().value_or(""), key.type));
    }
    return keys;
}

void OldRowsOf::forget_rejects(std::string_view table, std::span<const std::string> keys) {
    drop_rejects(database_.session(), database_.dialect(), table, keys);
}

std::string OldRowsOf::give_back(std::span<const OldRows> rows,
                                 const std::function<bool()>& /*go_on*/,
                                 const std::stop_token& /*stop*/) {
    std::string names;
    for (const OldRows& old : rows) {
        const auto table = database_.schema().read_table(old.table.name);
        if (table) names += (names.empty() ? "" : ", ") + table->shown;
    }
    return fmt::format(
        "The database uses the room for new rows. To give it back to the disk, rebuild the tables "
        "while nobody reads (MariaDB and MySQL: OPTIMIZE TABLE, SQL Server: ALTER TABLE … "
        "REBUILD): {}",
        names);
}

}  // namespace ringtail::relational
