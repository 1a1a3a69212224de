#include "destination/postgres/streams.hpp"

#include <map>
#include <string>

#include "base/time_text.hpp"
#include "destination/postgres/lease.hpp"
#include "destination/postgres/own_tables.hpp"
#include "sql/postgres_text.hpp"
#include "sql/utf8.hpp"

namespace ringtail::postgres {
namespace {

// These calls are short; a server that does not answer them is not there.
constexpr std::chrono::seconds kAnswer{60};
// The last call of a program that is asked to end.
constexpr std::chrono::seconds kLastAnswer{5};

}  // namespace

std::optional<Checkpoint> Streams::checkpoint(std::string_view stream) {
    connection_.set_patience({.limit = kAnswer});
    if (!has_own_table(connection_, "checkpoints")) return std::nullopt;
    const Rows rows =
        connection_.run("SELECT checkpoint FROM " + own_table(connection_, "checkpoints") +
                            " WHERE stream = $1 AND checkpoint IS NOT NULL",
                        {std::string(stream)});
    if (rows.size() == 0) return std::nullopt;
    return Checkpoint{std::string(rows.text(0, 0))};
}

std::vector<Recheck> Streams::rechecks(std::string_view stream, Instant until, std::size_t limit) {
    connection_.set_patience({.limit = kAnswer});
    if (!has_own_table(connection_, "rechecks")) return {};
    const Rows rows = connection_.run(
        "SELECT key, step, (extract(epoch FROM due) * 1000000)::bigint FROM " +
            own_table(connection_, "rechecks") +
            " WHERE stream = $1 AND due <= $2::timestamptz ORDER BY due, key LIMIT $3::bigint",
        {std::string(stream), format_time(until), std::to_string(limit)});
    std::vector<Recheck> due;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        due.push_back({std::string(rows.text(i, 0)), static_cast<int>(rows.number(i, 1)),
                       Instant(std::chrono::microseconds(rows.number(i, 2)))});
    }
    return due;
}

void Streams::hold(std::string_view stream, std::string_view holder) {
    connection_.set_patience({.limit = kAnswer});
    hold_lease(connection_, stream, holder);
}

void Streams::release(std::string_view stream, std::string_view holder) {
    connection_.set_patience({.limit = kLastAnswer});
    release_lease(connection_, stream, holder);
}

void store_rechecks(Connection& connection, std::string_view stream,
                    std::span<const Recheck> rechecks) {
    if (rechecks.empty()) return;
    std::map<std::string, const Recheck*> last;
    for (const Recheck& recheck : rechecks) last[sql::storable(recheck.key)] = &recheck;
    std::vector<std::string> settled, keys, steps, dues;
    for (const auto& [key, recheck] : last) {
        if (recheck->step < 0) {
            settled.push_back(key);
            continue;
        }
        keys.push_back(key);
        steps.push_back(std::to_string(recheck->step));
        dues.push_back(format_time(recheck->due));
    }
    const std::string table = own_table(connection, "rechecks");
    using sql::postgres::array_literal;
    if (!settled.empty()) {
        connection.run("DELETE FROM " + table + " WHERE stream = $1 AND key = ANY ($2::text[])",
                       {std::string(stream), array_literal(settled)});
    }
    if (keys.empty()) return;
    connection.run(
        "INSERT INTO " + table +
            " (stream, key, step, due) SELECT $1, r.* FROM"
            " unnest($2::text[], $3::integer[], $4::timestamptz[]) AS r"
            " ON CONFLICT (stream, key) DO UPDATE SET step = EXCLUDED.step, due = EXCLUDED.due",
        {std::string(stream), array_literal(keys), array_literal(steps), array_literal(dues)});
}

}  // namespace ringtail::postgres
