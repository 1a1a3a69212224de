#include "control/journal.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "control/columns.hpp"
#include "sqlite/unhurried.hpp"

namespace ringtail::control {

using sqlite::Transaction;

namespace {

constexpr std::chrono::hours kKeepQuiet{24};
// So many in one transaction, so that runs never wait long for it.
constexpr std::int64_t kPruneAtOnce = 5'000;

}  // namespace

std::vector<JournalRow> Journal::find(const JournalQuery& query) {
    auto db = database_.lock();
    auto select = db->prepare(
        fmt::format("SELECT {}, s.name, coalesce(j.name, '') FROM runs r "
                    "JOIN sources s ON s.number = r.source LEFT JOIN jobs j ON j.number = r.job "
                    "WHERE (?1 IS NULL OR r.source = ?1) AND (?2 IS NULL OR r.job = ?2) "
                    "AND (?3 IS NULL OR r.kind = ?3) AND (?4 IS NULL OR r.state = ?4) "
                    "AND (?5 IS NULL OR r.queued >= ?5) AND (?6 IS NULL OR r.queued < ?6) "
                    "AND (?7 IS NULL OR r.number < ?7) ORDER BY r.number DESC LIMIT ?8",
                    kRunColumns),
        "reading the journal");
    if (query.source) select.bind(1, *query.source);
    if (query.job) select.bind(2, *query.job);
    if (query.kind) select.bind(3, name_of(*query.kind));
    if (query.state) select.bind(4, name_of(*query.state));
    bind(select, 5, query.since);
    bind(select, 6, query.until);
    if (query.before) select.bind(7, *query.before);
    select.bind(8, static_cast<std::int64_t>(std::min<std::size_t>(query.limit, INT64_MAX)));
    std::vector<JournalRow> rows;
    while (select.step()) {
        rows.push_back({read_run(select), std::string(select.text(kRunColumnCount)),
                        std::string(select.text(kRunColumnCount + 1))});
    }
    return rows;
}

void Journal::add_received(std::span<const Received> received, std::chrono::seconds gap) {
    auto db = database_.lock();
    const sqlite::Unhurried unhurried(*db);
    Transaction transaction(*db, Transaction::Kind::write);
    auto extend = db->prepare(
        "UPDATE runs SET ended = max(ended, ?3), period_to = max(period_to, ?3), requests = "
        "requests + ?4, rejected = rejected + ?5, message = CASE WHEN ?6 = '' THEN message ELSE ?6 "
        "END WHERE number = (SELECT max(number) FROM runs WHERE source = ?1 AND kind = 'received') "
        "AND ended >= ?2",
        "noting webhooks");
    // Nothing for a source that has been removed meanwhile.
    auto insert = db->prepare(
        "INSERT INTO runs (source, kind, state, queued, not_before, started, ended, period_from, "
        "period_to, requests, rejected, message) SELECT number, 'received', 'done', ?2, ?2, ?2, "
        "?3, ?2, ?3, ?4, ?5, ?6 FROM sources WHERE number = ?1",
        "noting webhooks");
    for (const Received& row : received) {
        for (auto* const statement : {&extend, &insert}) {
            statement->bind(1, row.source);
            statement->bind(2, micros(statement == &extend ? row.first - gap : row.first));
            statement->bind(3, micros(row.last));
            statement->bind(4, static_cast<std::int64_t>(row.hooks));
            statement->bind(5, static_cast<std::int64_t>(row.rejected));
            statement->bind(6, row.message);
            statement->execute();
            if (db->changes() > 0) break;
        }
    }
    transaction.commit();
}

std::vector<DayRows> Journal::days(std::optional<std::int64_t> source, std::string_view from,
                                   std::string_view to) {
    auto db = database_.lock();
    auto select = db->prepare(
        "SELECT source, day, table_name, added, updated, deleted, unchanged, rejected FROM "
        "row_days "
        "WHERE (?1 IS NULL OR source = ?1) AND (?2 = '' OR day >= ?2) AND (?3 = '' OR day <= ?3) "
        "ORDER BY day, source, table_name");
    if (source) select.bind(1, *source);
    select.bind(2, from);
    select.bind(3, to);
    std::vector<DayRows> days;
    while (select.step()) {
        days.push_back({select.integer(0),
                        std::string(select.text(1)),
                        {std::string(select.text(2)), count(select, 3), count(select, 4),
                         count(select, 5), count(select, 6), count(select, 7)}});
    }
    return days;
}

std::uint64_t Journal::prune(unsigned keep_days, Instant now) {
    std::uint64_t removed = 0;
    for (std::int64_t last = kPruneAtOnce; last == kPruneAtOnce;) {
        auto db = database_.lock();
        Transaction transaction(*db, Transaction::Kind::write);
        auto remove = db->prepare(
            "DELETE FROM runs WHERE number IN (SELECT r.number FROM runs r WHERE (r.ended < ?1 OR "
            "(r.ended < ?2 AND r.state = 'done' AND r.job IS NOT NULL AND r.added = 0 AND "
            "r.updated "
            "= 0 AND r.deleted = 0 AND r.rejected = 0)) AND (r.job IS NULL OR r.number < (SELECT "
            "max(l.number) FROM runs l WHERE l.job = r.job)) LIMIT ?3)",
            "pruning the journal");
        remove.bind(1, micros(now - std::chrono::days(keep_days)));
        remove.bind(2, micros(now - kKeepQuiet));
        remove.bind(3, kPruneAtOnce);
        remove.execute();
        last = db->changes();
        transaction.commit();
        removed += static_cast<std::uint64_t>(last);
    }
    if (removed > 0) database_.lock()->run("PRAGMA incremental_vacuum");
    return removed;
}

}  // namespace ringtail::control
