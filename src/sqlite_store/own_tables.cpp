#include "sqlite_store/own_tables.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"

namespace ringtail {
namespace {

// As format_time(), but always to the microsecond, so that texts sort as times.
std::string sortable(Instant instant) {
    std::string text = format_time(instant);
    if (text.size() == 24) text.insert(23, "000");
    return text;
}

bool has_own_tables(sqlite::Connection& db) {
    auto select = db.prepare(
        "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'ringtail_checkpoints'");
    const bool found = select.step();
    select.reset();
    return found;
}

Error held_by(std::string_view stream, std::string_view holder) {
    return Error(Fault::config, fmt::format("the stream {} is being loaded by {}", stream,
                                            describe_holder(holder)))
        .with_hint(fmt::format("Stop that one first. If it no longer runs, its claim ends {} "
                               "seconds after its last load.",
                               kLeaseSeconds));
}

struct Lease {
    std::string holder;  // empty: nobody
    bool good = false;   // has not run out
};

Lease read_lease(sqlite::Connection& db, std::string_view stream, Instant now) {
    auto select =
        db.prepare("SELECT holder, lease_until FROM ringtail_checkpoints WHERE stream = ?1");
    select.bind(1, stream);
    Lease lease;
    if (!select.step()) return lease;
    lease.holder = select.text(0);
    const auto until = parse_time(select.text(1));
    lease.good = !lease.holder.empty() && until && *until > now;
    select.reset();
    return lease;
}

}  // namespace

void create_own_tables(sqlite::Connection& db) {
    db.run(R"sql(
CREATE TABLE IF NOT EXISTS ringtail_checkpoints (
  stream TEXT NOT NULL PRIMARY KEY, checkpoint TEXT, holder TEXT, lease_until TIMESTAMP TEXT, updated_at TIMESTAMP TEXT);
CREATE TABLE IF NOT EXISTS ringtail_rejects (
  table_name TEXT NOT NULL, row_key TEXT NOT NULL, column_name TEXT NOT NULL, raw TEXT NOT NULL,
  reason TEXT NOT NULL, rejected_at TIMESTAMP TEXT NOT NULL,
  PRIMARY KEY (table_name, row_key, column_name, raw)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ringtail_rechecks (
  stream TEXT NOT NULL, key TEXT NOT NULL, step INTEGER NOT NULL, due TIMESTAMP TEXT NOT NULL,
  PRIMARY KEY (stream, key));
CREATE INDEX IF NOT EXISTS "ringtail_rechecks|due" ON ringtail_rechecks (stream, due);
)sql");
}

std::optional<Checkpoint> read_checkpoint(sqlite::Connection& db, std::string_view stream) {
    if (!has_own_tables(db)) return std::nullopt;
    auto select = db.prepare(
        "SELECT checkpoint FROM ringtail_checkpoints WHERE stream = ?1 AND checkpoint IS NOT NULL");
    select.bind(1, stream);
    if (!select.step()) return std::nullopt;
    return Checkpoint{std::string(select.text(0))};
}

std::vector<Recheck> read_rechecks(sqlite::Connection& db, std::string_view stream, Instant until,
                                   std::size_t limit) {
    std::vector<Recheck> rechecks;
    if (!has_own_tables(db)) return rechecks;
    auto select = db.prepare(
        "SELECT key, step, due FROM ringtail_rechecks WHERE stream = ?1 AND due <= ?2 ORDER BY "
        "due, key LIMIT ?3");
    select.bind(1, stream);
    select.bind(2, sortable(until));
    select.bind(3, static_cast<std::int64_t>(limit));
    while (select.step()) {
        rechecks.push_back({std::string(select.text(0)), static_cast<int>(select.integer(1)),
                            parse_time(select.text(2)).value_or(until)});
    }
    return rechecks;
}

void give_up_lease(sqlite::Connection& db, std::string_view stream, std::string_view holder) {
    if (!has_own_tables(db)) return;
    auto update = db.prepare(
        "UPDATE ringtail_checkpoints SET holder = NULL, lease_until = NULL WHERE stream = ?1 AND "
        "holder = ?2");
    update.bind(1, stream);
    update.bind(2, holder);
    update.execute();
}

void take_lease(sqlite::Connection& db, std::string_view stream, std::string_view holder,
                Instant now) {
    if (!has_own_tables(db)) create_own_tables(db);
    const Lease lease = read_lease(db, stream, now);
    if (lease.good && lease.holder != holder && !is_dead(lease.holder))
        throw held_by(stream, lease.holder);
    auto upsert = db.prepare(
        "INSERT INTO ringtail_checkpoints (stream, holder, lease_until, updated_at) VALUES (?1, "
        "?2, ?3, ?4) "
        "ON CONFLICT (stream) DO UPDATE SET holder = excluded.holder, lease_until = "
        "excluded.lease_until");
    upsert.bind(1, stream);
    upsert.bind(2, holder);
    upsert.bind(3, sortable(now + std::chrono::seconds(kLeaseSeconds)));
    upsert.bind(4, sortable(now));
    upsert.execute();
}

void store_checkpoint(sqlite::Connection& db, const Load& load, Instant now) {
    auto update = db.prepare(
        "UPDATE ringtail_checkpoints SET checkpoint = coalesce(?3, checkpoint), lease_until = ?4, "
        "updated_at = ?5 "
        "WHERE stream = ?1 AND holder = ?2");
    update.bind(1, load.stream);
    update.bind(2, load.holder);
    if (load.checkpoint != nullptr) update.bind(3, load.checkpoint->text);
    update.bind(4, sortable(now + std::chrono::seconds(kLeaseSeconds)));
    update.bind(5, sortable(now));
    update.execute();
    if (db.changes() == 1) return;
    const Lease lease = read_lease(db, load.stream, now);
    if (!lease.holder.empty()) throw held_by(load.stream, lease.holder);
    throw Error(Fault::transient,
                fmt::format("the stream {} is not held by this process any more", load.stream));
}

void store_rejects(sqlite::Connection& db, std::span<const Reject> rejects, Instant now) {
    if (rejects.empty()) return;
    auto insert = db.prepare(
        "INSERT INTO ringtail_rejects (table_name, row_key, column_name, raw, reason, rejected_at) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        "storing rejects");
    insert.bind(6, format_time(now));
    for (const Reject& reject : rejects) {
        insert.bind_static(1, reject.table);
        insert.bind_static(2, reject.key);
        insert.bind_static(3, reject.column);
        insert.bind_static(4, reject.raw);
        insert.bind_static(5, reject.reason);
        insert.execute();
    }
}

void store_rechecks(sqlite::Connection& db, std::string_view stream,
                    std::span<const Recheck> rechecks) {
    if (rechecks.empty()) return;
    auto settle = db.prepare("DELETE FROM ringtail_rechecks WHERE stream = ?1 AND key = ?2");
    auto upsert = db.prepare(
        "INSERT INTO ringtail_rechecks (stream, key, step, due) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (stream, key) DO UPDATE SET step = excluded.step, due = excluded.due",
        "storing rechecks");
    for (const Recheck& recheck : rechecks) {
        auto& statement = recheck.step < 0 ? settle : upsert;
        statement.bind(1, stream);
        statement.bind(2, recheck.key);
        if (recheck.step >= 0) {
            statement.bind(3, static_cast<std::int64_t>(recheck.step));
            statement.bind(4, sortable(recheck.due));
        }
        statement.execute();
    }
}

}  // namespace ringtail
