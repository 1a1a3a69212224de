#include "control/runs_sql.hpp"

#include "base/time_text.hpp"
#include "control/columns.hpp"

namespace ringtail::control {
namespace {

using sqlite::Connection;
using sqlite::Transaction;

void add_rows(Connection& db, std::int64_t source, const std::vector<TableRows>& rows,
              Instant now) {
    if (rows.empty()) return;
    auto upsert = db.prepare(
        "INSERT INTO row_days (source, day, table_name, added, updated, deleted, unchanged, "
        "rejected) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
        "ON CONFLICT (source, day, table_name) DO UPDATE SET added = added + excluded.added, "
        "updated = updated + excluded.updated, deleted = deleted + excluded.deleted, "
        "unchanged = unchanged + excluded.unchanged, rejected = rejected + excluded.rejected",
        "counting rows");
    const std::string day = format_day(now);
    for (const TableRows& one : rows) {
        upsert.bind(1, source);
        upsert.bind(2, day);
        upsert.bind(3, one.table);
        upsert.bind(4, static_cast<std::int64_t>(one.added));
        upsert.bind(5, static_cast<std::int64_t>(one.updated));
        upsert.bind(6, static_cast<std::int64_t>(one.deleted));
        upsert.bind(7, static_cast<std::int64_t>(one.unchanged));
        upsert.bind(8, static_cast<std::int64_t>(one.rejected));
        upsert.execute();
    }
}

// From now on the source stands behind those that have waited longer.
void mark_served(Connection& db, std::int64_t run, Instant now) {
    auto update = db.prepare(
        "UPDATE sources SET served = ?2 WHERE number = (SELECT source FROM runs WHERE number = "
        "?1)");
    update.bind(1, run);
    update.bind(2, micros(now));
    update.execute();
}

}  // namespace

// A source waits since its oldest queued run was asked for, but not longer than since its last run.
const std::string_view kNextRuns = R"sql(
SELECT number FROM (
  SELECT r.number, r.source,
    max(s.served, min(r.queued) OVER (PARTITION BY r.source)) AS waits_since,
    row_number() OVER (
      PARTITION BY r.source
      ORDER BY CASE r.kind WHEN 'hooks' THEN 0 WHEN 'load' THEN 1 WHEN 'history' THEN 2 ELSE 3 END,
        r.queued, r.number) AS place
  FROM runs r JOIN sources s ON s.number = r.source
  WHERE r.state = 'queued' AND r.not_before <= ?1 AND s.enabled = 1
    AND NOT EXISTS (SELECT 1 FROM runs o WHERE o.source = r.source AND o.state = 'running'))
WHERE place = 1
ORDER BY waits_since, source
LIMIT ?2)sql";

bool store_beat(Connection& db, const RunRecord& run, const Beat& beat, Instant now) {
    auto update = db.prepare(
        "UPDATE runs SET beat = ?3, added = ?4, updated = ?5, deleted = ?6, unchanged = ?7, "
        "rejected = ?8, requests = ?9, progress = ?10, "
        "period_from = CASE WHEN ?11 THEN ?12 ELSE period_from END, "
        "period_to = CASE WHEN ?11 THEN ?13 ELSE period_to END "
        "WHERE number = ?1 AND claim = ?2 AND state = 'running'",
        "storing what a run has done");
    const Counters& counters = beat.counters;
    update.bind(1, run.number);
    update.bind(2, run.claim);
    update.bind(3, micros(now));
    update.bind(4, static_cast<std::int64_t>(counters.added));
    update.bind(5, static_cast<std::int64_t>(counters.updated));
    update.bind(6, static_cast<std::int64_t>(counters.deleted));
    update.bind(7, static_cast<std::int64_t>(counters.unchanged));
    update.bind(8, static_cast<std::int64_t>(counters.rejected));
    update.bind(9, static_cast<std::int64_t>(counters.requests));
    update.bind(10, beat.progress);
    update.bind(11, std::int64_t{beat.period.has_value()});
    bind(update, 12, beat.period ? beat.period->from : std::nullopt);
    bind(update, 13, beat.period ? beat.period->to : std::nullopt);
    update.execute();
    if (db.changes() == 0) return false;
    add_rows(db, run.source, beat.rows, now);
    return true;
}

void end_run(Connection& db, std::int64_t number, const Ending& ending, Instant now) {
    auto update = db.prepare(
        "UPDATE runs SET state = CASE WHEN ?2 <> 'queued' THEN ?2 WHEN cancel_wanted THEN "
        "'cancelled' WHEN pause_wanted THEN 'paused' ELSE 'queued' END, "
        "ended = CASE WHEN ?2 IN ('done', 'failed', 'cancelled') OR (?2 = 'queued' AND "
        "cancel_wanted) THEN ?3 END, message = ?4, hint = ?5, cancel_wanted = 0, pause_wanted = 0 "
        "WHERE number = ?1",
        "ending a run");
    update.bind(1, number);
    update.bind(2, name_of(ending.state));
    update.bind(3, micros(now));
    update.bind(4, ending.message);
    update.bind(5, ending.hint);
    update.execute();
    mark_served(db, number, now);
}

void mark_crashed(Connection& db, const RunRecord& run, Instant now) {
    Transaction transaction(db, Transaction::Kind::write);
    auto update = db.prepare(
        "UPDATE runs SET state = 'crashed', crashes = crashes + 1, message = 'the program that ran "
        "it ended without a word; it is taken up again' WHERE number = ?1 AND claim = ?2 AND state "
        "= 'running' AND beat = ?3",
        "noting a crash");
    update.bind(1, run.number);
    update.bind(2, run.claim);
    bind(update, 3, run.beat);
    update.execute();
    if (db.changes() > 0) mark_served(db, run.number, now);
    transaction.commit();
}

std::size_t queue_crashed(Connection& db, Instant now) {
    auto update = db.prepare(
        "UPDATE runs SET state = CASE WHEN cancel_wanted THEN 'cancelled' WHEN pause_wanted THEN "
        "'paused' ELSE 'queued' END, ended = CASE WHEN cancel_wanted THEN ?1 END, cancel_wanted = "
        "0, pause_wanted = 0 WHERE state IN ('queued', 'running', 'paused', 'crashed') AND state = "
        "'crashed'",
        "queueing runs again");
    update.bind(1, micros(now));
    update.execute();
    return static_cast<std::size_t>(db.changes());
}

}  // namespace ringtail::control
