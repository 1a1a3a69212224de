#include "destination/relational/own_tables.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include "base/time_text.hpp"
#include "destination/destination.hpp"
#include "destination/relational/errors.hpp"
#include "destination/relational/keys.hpp"
#include "destination/relational/lease.hpp"
#include "destination/relational/rejects.hpp"
#include "sql/utf8.hpp"

namespace ringtail::relational {
namespace {

// Many rejects with long texts must not make one huge statement.
constexpr std::size_t kRejectsAtOnce = 100;
constexpr std::size_t kRechecksAtOnce = 300;

std::set<std::string> digests_there(Session& session, const std::string& table,
                                    const std::vector<std::string>& digests) {
    const std::vector<Param> params(digests.begin(), digests.end());
    const Answer answer = session.run(
        "SELECT digest FROM " + table + " WHERE digest IN (" + question_marks(params.size()) + ")",
        params);
    std::set<std::string> there;
    for (const Row& row : answer.rows) there.insert(row[0].value_or(""));
    return there;
}

std::string repeated(const std::string& group, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) text += (i == 0 ? "" : ", ") + group;
    return text;
}

}  // namespace

std::string own_table(const Dialect& dialect, std::string_view which) {
    return dialect.quote("ringtail_" + std::string(which));
}

std::string sql_time(Instant instant) {
    const auto day = std::chrono::floor<std::chrono::days>(instant);
    std::string text = format_day(instant) + " ";
    std::string digits = std::to_string((instant - day).count() % 1'000'000);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(instant - day));
    const auto two = [](auto count) { return (count < 10 ? "0" : "") + std::to_string(count); };
    text += two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
            two(clock.seconds().count()) + ".";
    return text + std::string(6 - digits.size(), '0') + digits;
}

void drop_rejects(Session& session, const Dialect& dialect, std::string_view table,
                  std::span<const std::string> keys) {
    constexpr std::size_t kAtOnce = 900;  // parameters, as for keys
    while (!keys.empty()) {
        const auto portion = keys.first(std::min(keys.size(), kAtOnce));
        keys = keys.subspan(portion.size());
        std::vector<Param> params{std::string(table)};
        params.insert(params.end(), portion.begin(), portion.end());
        session.run(fmt::format("DELETE FROM {} WHERE {} = ? AND {} IN ({})",
                                own_table(dialect, "rejects"), dialect.quote("table_name"),
                                dialect.quote("row_key"), question_marks(portion.size())),
                    params);
    }
}

void store_rejects(Session& session, const Dialect& dialect, std::span<const Reject> rejects,
                   Instant now) {
    const std::string table = own_table(dialect, "rejects");
    while (!rejects.empty()) {
        const auto portion = rejects.first(std::min(rejects.size(), kRejectsAtOnce));
        rejects = rejects.subspan(portion.size());
        std::vector<std::string> digests;
        for (const Reject& reject : portion) digests.push_back(digest(reject));
        auto known = digests_there(session, table, digests);
        std::vector<Param> params;
        std::size_t rows = 0;
        for (std::size_t i = 0; i < portion.size(); ++i) {
            if (!known.insert(digests[i]).second) continue;
            const Reject& reject = portion[i];
            for (const std::string* part :
                 {&reject.table, &reject.key, &reject.column, &reject.raw, &reject.reason}) {
                params.emplace_back(sql::storable(*part));
            }
            params.emplace_back(sql_time(now));
            params.emplace_back(digests[i]);
            ++rows;
        }
        if (rows == 0) continue;
        session.run(
            "INSERT INTO " + table +
                " (table_name, row_key, column_name, raw, reason, rejected_at, digest) VALUES " +
                repeated("(?, ?, ?, ?, ?, ?, ?)", rows),
            params);
    }
}

void store_rechecks(Session& session, const Dialect& dialect, std::string_view stream,
                    std::span<const Recheck> rechecks) {
    std::map<std::string, const Recheck*> last;
    for (const Recheck& recheck : rechecks) last[sql::storable(recheck.key)] = &recheck;
    const std::string table = own_table(dialect, "rechecks");
    const std::string key = dialect.quote("key");
    for (auto next = last.begin(); next != last.end();) {
        std::vector<Param> keys{std::string(stream)}, rows;
        std::size_t count = 0;
        for (; next != last.end() && keys.size() <= kRechecksAtOnce; ++next) {
            keys.emplace_back(next->first);
            if (next->second->step < 0) continue;
            ++count;
            rows.insert(rows.end(),
                        {std::string(stream), next->first, std::to_string(next->second->step),
                         sql_time(next->second->due)});
        }
        session.run("DELETE FROM " + table + " WHERE stream = ? AND " + key + " IN (" +
                        question_marks(keys.size() - 1) + ")",
                    keys);
        if (count == 0) continue;
        session.run("INSERT INTO " + table + " (stream, " + key + ", step, due) VALUES " +
                        repeated("(?, ?, ?, ?)", count),
                    rows);
    }
}

void lock_lease(Session& session, const Dialect& dialect, std::string_view stream,
                std::string_view holder) {
    const std::string table = own_table(dialect, "checkpoints");
    const Param name{std::string(stream)};
    session.run("UPDATE " + table + " SET updated_at = " + dialect.now() + " WHERE stream = ?",
                {name});
    check_lease(stream, holder, read_lease(session, dialect, stream));
}

Lease read_lease(Session& session, const Dialect& dialect, std::string_view stream) {
    const Answer answer =
        session.run("SELECT holder, " + dialect.seconds_until("lease_until") + " FROM " +
                        own_table(dialect, "checkpoints") + " WHERE stream = ?",
                    {std::string(stream)});
    if (answer.rows.empty() || !answer.rows[0][0]) return {};
    return {*answer.rows[0][0], std::stoll(answer.rows[0][1].value_or("0"))};
}

bool try_lease(Session& session, const Dialect& dialect, std::string_view stream,
               std::string_view holder, const std::string& dead) {
    const std::string table = own_table(dialect, "checkpoints");
    const std::string end = dialect.now_plus(kLeaseSeconds);
    const Param name{std::string(stream)}, ours{std::string(holder)};
    const auto taken = [&] {
        return session
                   .run("UPDATE " + table + " SET holder = ?, lease_until = " + end +
                            " WHERE stream = ? AND (holder IS NULL OR holder IN (?, ?)"
                            " OR lease_until IS NULL OR lease_until < " +
                            dialect.now() + ")",
                        {ours, name, ours, dead.empty() ? ours : Param(dead)})
                   .affected == 1;
    };
    if (taken()) return true;
    const bool there =
        !session.run("SELECT 1 FROM " + table + " WHERE stream = ?", {name}).rows.empty();
    if (there) return false;
    try {
        session.run(
            "INSERT INTO " + table + " (stream, holder, lease_until) VALUES (?, ?, " + end + ")",
            {name, ours});
        return true;
    } catch (const SqlError& error) {
        if (error.cause() != Cause::duplicate_key) throw;
        return taken();  // somebody else was quicker, perhaps with a lease that is over
    }
}

void release_lease(Session& session, const Dialect& dialect, std::string_view stream,
                   std::string_view holder) {
    session.run("UPDATE " + own_table(dialect, "checkpoints") +
                    " SET holder = NULL, lease_until = NULL WHERE stream = ? AND holder = ?",
                {std::string(stream), std::string(holder)});
}

void store_checkpoint(Session& session, const Dialect& dialect, std::string_view stream,
                      const Checkpoint* checkpoint) {
    const std::string set = checkpoint == nullptr ? "" : dialect.quote("checkpoint") + " = ?, ";
    std::vector<Param> params;
    if (checkpoint != nullptr) params.emplace_back(checkpoint->text);
    params.emplace_back(std::string(stream));
    session.run("UPDATE " + own_table(dialect, "checkpoints") + " SET " + set +
                    "lease_until = " + dialect.now_plus(kLeaseSeconds) +
                    ", updated_at = " + dialect.now() + " WHERE stream = ?",
                params);
}

}  // namespace ringtail::relational
