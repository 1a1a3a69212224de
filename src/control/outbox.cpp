#include "control/outbox.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "sqlite_store/own_tables.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

// Bodies stand apart, so that a change of status does not write them again. Status as in
// DeliveryStatus; times are microseconds since 1970.
constexpr const char* kTables = R"sql(
CREATE TABLE IF NOT EXISTS outbox_streams (
  number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, since INTEGER);
CREATE TABLE IF NOT EXISTS outbox_contacts (
  stream INTEGER NOT NULL, id TEXT NOT NULL, md5 TEXT, PRIMARY KEY (stream, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox_marks (
  stream INTEGER NOT NULL, key BLOB NOT NULL, hash BLOB NOT NULL, revision INTEGER NOT NULL,
  PRIMARY KEY (stream, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deliveries (
  number INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL, message TEXT NOT NULL UNIQUE,
  key BLOB NOT NULL, contact TEXT NOT NULL, fired TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'updated')),
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3), due INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL, finished INTEGER);
CREATE INDEX IF NOT EXISTS "deliveries|due" ON deliveries (stream, due, number) WHERE status = 0;
CREATE INDEX IF NOT EXISTS "deliveries|owed" ON deliveries (stream, contact, number)
  WHERE status < 2;
CREATE INDEX IF NOT EXISTS "deliveries|final" ON deliveries (stream, status, finished)
  WHERE status >= 2;
CREATE INDEX IF NOT EXISTS "deliveries|key" ON deliveries (stream, key, number);
CREATE TABLE IF NOT EXISTS delivery_bodies (delivery INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS delivery_attempts (
  delivery INTEGER NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,
  status INTEGER NOT NULL, ms INTEGER NOT NULL, answer TEXT NOT NULL,
  PRIMARY KEY (delivery, number)) WITHOUT ROWID;
)sql";

// One turn's bodies in memory at most, beyond the first.
constexpr std::size_t kMostBytes = 16U << 20U;

sqlite::Options options() {
    sqlite::Options options;
    // The intake's transaction and the deliveries' wait for each other.
    options.busy = std::chrono::seconds(60);
    options.cache_bytes = 8U << 20U;
    options.can_shrink = true;
    return options;
}

std::int64_t single(sqlite::Connection& db, std::string_view sql) {
    auto select = db.prepare(sql);
    const std::int64_t value = select.step() ? select.integer(0) : 0;
    select.reset();
    return value;
}

int hex_value(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

}  // namespace

std::string_view name_of(DeliveryStatus status) {
    switch (status) {
        case DeliveryStatus::waiting:
            return "waiting";
        case DeliveryStatus::behind:
            return "behind";
        case DeliveryStatus::done:
            return "done";
        case DeliveryStatus::dead:
            break;
    }
    return "dead";
}

std::string bytes_of_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
        bytes += static_cast<char>(hex_value(hex[i]) * 16 + hex_value(hex[i + 1]));
    }
    return bytes;
}

Outbox::Outbox(const std::string& path, std::string stream)
    : db_(path, options()), stream_(std::move(stream)) {
    Transaction transaction(db_, Transaction::Kind::write);
    db_.run(kTables);
    create_own_tables(db_);
    auto insert =
        db_.prepare("INSERT INTO outbox_streams (name) VALUES (?1) ON CONFLICT DO NOTHING");
    insert.bind(1, stream_);
    insert.execute();
    auto select = db_.prepare("SELECT number FROM outbox_streams WHERE name = ?1");
    select.bind(1, stream_);
    if (select.step()) stream_number_ = select.integer(0);
    select.reset();
    transaction.commit();
    run_.emplace(Statements{
        db_.prepare("SELECT hash, revision FROM outbox_marks WHERE stream = ?1 AND key = ?2"),
        db_.prepare(
            "INSERT INTO outbox_marks (stream, key, hash, revision) VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (stream, key) DO UPDATE SET hash = excluded.hash, revision = "
            "excluded.revision"),
        db_.prepare("SELECT 1 FROM deliveries WHERE stream = ?1 AND contact = ?2 AND status < 2 "
                    "LIMIT 1"),
        db_.prepare("INSERT INTO deliveries (stream, message, key, contact, fired, state, status, "
                    "due, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
                    "queueing a delivery"),
        db_.prepare("INSERT INTO delivery_bodies (delivery, body) VALUES (last_insert_rowid(), ?1)",
                    "queueing a delivery"),
        db_.prepare("SELECT d.number, d.message, d.contact, d.fired, d.state, d.attempts, d.due, "
                    "b.body FROM deliveries d JOIN delivery_bodies b ON b.delivery = d.number "
                    "WHERE d.stream = ?1 AND d.status = 0 AND d.due <= ?2 ORDER BY d.due, d.number "
                    "LIMIT ?3"),
        db_.prepare("INSERT INTO delivery_attempts (delivery, number, at, status, ms, answer) "
                    "SELECT number, tries + 1, ?2, ?3, ?4, ?5 FROM deliveries WHERE number = ?1",
                    "storing an attempt"),
        db_.prepare("UPDATE deliveries SET tries = tries + 1, attempts = attempts + ?2, status = "
                    "?3, due = ?4, finished = ?5 WHERE number = ?1",
                    "storing an attempt"),
        db_.prepare(
            "UPDATE deliveries SET status = 0 WHERE number = (SELECT number FROM deliveries "
            "WHERE stream = ?1 AND contact = ?2 AND status < 2 ORDER BY number LIMIT 1)",
            "storing an attempt")});
}

Instant Outbox::since(std::optional<Instant> wanted, Instant now) {
    Transaction transaction(db_, Transaction::Kind::write);
    auto select =
        db_.prepare("SELECT since FROM outbox_streams WHERE number = ?1 AND since IS NOT NULL");
    select.bind(1, stream_number_);
    std::optional<Instant> stored;
    if (select.step()) stored = from_micros(select.integer(0));
    select.reset();
    const Instant since = wanted ? *wanted : stored.value_or(now);
    auto update = db_.prepare("UPDATE outbox_streams SET since = ?2 WHERE number = ?1");
    update.bind(1, stream_number_);
    update.bind(2, micros(since));
    update.execute();
    transaction.commit();
    return since;
}

std::vector<Delivery> Outbox::due(Instant now, std::size_t limit,
                                  const std::unordered_set<std::int64_t>& but) {
    std::vector<Delivery> due;
    std::size_t bytes = 0;
    auto& select = run_->due;
    select.bind(1, stream_number_);
    select.bind(2, micros(now));
    select.bind(3, static_cast<std::int64_t>(limit + but.size()));
    while (due.size() < limit && bytes < kMostBytes && select.step()) {
        if (but.contains(select.integer(0))) continue;
        Delivery one;
        one.number = select.integer(0);
        one.message = select.text(1);
        one.contact = select.text(2);
        one.fired = select.text(3);
        one.state = select.text(4);
        one.attempts = static_cast<unsigned>(select.integer(5));
        one.due = from_micros(select.integer(6));
        one.body = select.text(7);
        bytes += one.body.size();
        due.push_back(std::move(one));
    }
    select.reset();
    return due;
}

std::optional<Instant> Outbox::next_due(const std::unordered_set<std::int64_t>& but) {
    auto select = db_.prepare(
        "SELECT number, due FROM deliveries WHERE stream = ?1 AND status = 0 ORDER BY due, number "
        "LIMIT ?2");
    select.bind(1, stream_number_);
    select.bind(2, static_cast<std::int64_t>(but.size() + 1));
    std::optional<Instant> next;
    while (!next && select.step()) {
        if (!but.contains(select.integer(0))) next = from_micros(select.integer(1));
    }
    select.reset();
    return next;
}

bool Outbox::owes() {
    auto select = db_.prepare("SELECT 1 FROM deliveries WHERE stream = ?1 AND status < 2 LIMIT 1");
    select.bind(1, stream_number_);
    const bool found = select.step();
    select.reset();
    return found;
}

void Outbox::settle(std::span<const Settlement> settlements, Instant now) {
    Transaction transaction(db_, Transaction::Kind::write);
    for (const Settlement& one : settlements) {
        const bool is_final = one.status >= DeliveryStatus::done;
        auto& attempt = run_->attempt;
        attempt.bind(1, one.number);
        attempt.bind(2, micros(one.attempt.at));
        attempt.bind(3, static_cast<std::int64_t>(one.attempt.status));
        attempt.bind(4, static_cast<std::int64_t>(one.attempt.took.count()));
        attempt.bind_static(5, one.attempt.answer);
        attempt.execute();
        auto& update = run_->settle;
        update.bind(1, one.number);
        update.bind(2, static_cast<std::int64_t>(one.counts ? 1 : 0));
        update.bind(3, static_cast<std::int64_t>(one.status));
        update.bind(4, micros(one.due));
        is_final ? update.bind(5, micros(now)) : update.bind_null(5);
        update.execute();
        if (!is_final) continue;
        run_->promote.bind(1, stream_number_);
        run_->promote.bind(2, one.contact);
        run_->promote.execute();
    }
    transaction.commit();
}

OutboxCounts Outbox::counts() {
    const auto count = [&](std::string_view which) {
        return static_cast<std::uint64_t>(
            single(db_, fmt::format("SELECT count(*) FROM deliveries WHERE stream = {} AND {}",
                                    stream_number_, which)));
    };
    return {waiting(), count("status >= 2 AND status = 2"), count("status >= 2 AND status = 3")};
}

std::uint64_t Outbox::waiting() {
    return static_cast<std::uint64_t>(
        single(db_, fmt::format("SELECT count(*) FROM deliveries WHERE stream = {} AND status < 2",
                                stream_number_)));
}

bool Outbox::shrink(Instant before) {
    constexpr std::int64_t kAtOnce = 2'000;
    const std::string old = fmt::format(
        "(SELECT number FROM deliveries WHERE stream = {} AND status >= 2 AND status = 2 AND "
        "finished < {} LIMIT {})",
        stream_number_, micros(before), kAtOnce);
    Transaction transaction(db_, Transaction::Kind::write);
    db_.run("DELETE FROM delivery_bodies WHERE delivery IN " + old);
    db_.run("DELETE FROM delivery_attempts WHERE delivery IN " + old);
    db_.run("DELETE FROM deliveries WHERE number IN " + old);
    const bool more = db_.changes() == kAtOnce;
    transaction.commit();
    db_.run(fmt::format("PRAGMA incremental_vacuum({})", 8 * kAtOnce));
    return more || single(db_, "PRAGMA freelist_count") > kAtOnce;
}

std::uint64_t Outbox::bytes() {
    const auto pages = single(db_, "PRAGMA page_count") - single(db_, "PRAGMA freelist_count");
    return static_cast<std::uint64_t>(pages * single(db_, "PRAGMA page_size"));
}

Outbox::Queued Outbox::enqueue(std::string_view id, std::string_view contact,
                               std::string_view fired, std::string_view contact_json,
                               std::string_view transaction_json, Instant now) {
    const std::string key = bytes_of_hex(id);
    const std::string hash_hex = md5_hex({transaction_json});
    const std::string hash = bytes_of_hex(hash_hex);
    run_->mark.bind(1, stream_number_);
    run_->mark.bind_blob(2, key);
    const bool known = run_->mark.step();
    const bool same = known && run_->mark.text(0) == hash;
    const std::int64_t revision = known ? run_->mark.integer(1) + 1 : 1;
    run_->mark.reset();
    if (same) return Queued::unchanged;

    run_->set_mark.bind(1, stream_number_);
    run_->set_mark.bind_blob(2, key);
    run_->set_mark.bind_blob(3, hash);
    run_->set_mark.bind(4, revision);
    run_->set_mark.execute();
    run_->is_owed.bind(1, stream_number_);
    run_->is_owed.bind(2, contact);
    const bool behind = run_->is_owed.step();
    run_->is_owed.reset();
    const std::string_view state = known ? "updated" : "new";
    auto& insert = run_->insert;
    insert.bind(1, stream_number_);
    // From what it says: an outbox restored from a backup gives the same ids again.
    insert.bind(2,
                "msg_" + md5_hex({stream_, "/", id, "/", std::to_string(revision), "/", hash_hex}));
    insert.bind_blob(3, key);
    insert.bind(4, contact);
    insert.bind(5, fired);
    insert.bind(6, state);
    insert.bind(
        7, static_cast<std::int64_t>(behind ? DeliveryStatus::behind : DeliveryStatus::waiting));
    insert.bind(8, micros(now));
    insert.execute();
    run_->insert_body.bind(1, fmt::format(R"({{"contact":{},"state":"{}","transaction":{}}})",
                                          contact_json, state, transaction_json));
    run_->insert_body.execute();
    return known ? Queued::changed : Queued::fresh;
}

}  // namespace ringtail::control
