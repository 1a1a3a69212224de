#include "control/sources.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "control/columns.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

constexpr std::string_view kColumns =
    "SELECT number, name, kind, settings, last4, destination, enabled, status, message, created "
    "FROM sources ";
constexpr std::size_t kTokenBytes = 32;

SourceRecord read(const sqlite::Statement& row) {
    SourceRecord record;
    record.number = row.integer(0);
    record.name = row.text(1);
    record.kind = source_kind_of(row.text(2)).value_or(SourceKind::callkeeper);
    record.settings = row.text(3);
    record.last4 = row.text(4);
    record.destination = row.integer(5);
    record.enabled = row.integer(6) != 0;
    record.status = row.text(7);
    record.message = row.text(8);
    record.created = time(row, 9);
    return record;
}

Error no_such_number(std::int64_t number) {
    return Error(Fault::config, fmt::format("there is no source number {}", number))
        .with_hint("It may have been removed: ringtail source list");
}

void check_free(sqlite::Connection& db, std::string_view name, std::int64_t but) {
    auto select = db.prepare("SELECT 1 FROM sources WHERE name = ?1 AND number <> ?2");
    select.bind(1, name);
    select.bind(2, but);
    if (!select.step()) return;
    throw Error(Fault::config, fmt::format("there is a source named {} already", name))
        .with_hint("Choose another name, or change that one: ringtail source edit " +
                   std::string(name));
}

void check_destination(sqlite::Connection& db, std::int64_t number) {
    auto select = db.prepare("SELECT 1 FROM destinations WHERE number = ?1");
    select.bind(1, number);
    if (select.step()) return;
    throw Error(Fault::config, fmt::format("there is no destination number {}", number));
}

void expect_one(sqlite::Connection& db, std::int64_t number) {
    if (db.changes() == 0) throw no_such_number(number);
}

}  // namespace

std::int64_t Sources::add(const SourceRecord& record, std::string_view secret, Instant now) {
    check_name("source", record.name);
    const std::string token = random_token(kTokenBytes);
    const std::string sealed = secrets_.seal(secret);
    const std::string sealed_token = secrets_.seal(token);
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    check_free(*db, record.name, 0);
    check_destination(*db, record.destination);
    auto insert = db->prepare(
        "INSERT INTO sources (name, kind, settings, secret, last4, destination, enabled, status, "
        "message, hook_token, hook_hash, created) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) RETURNING number",
        "adding a source");
    insert.bind(1, record.name);
    insert.bind(2, name_of(record.kind));
    insert.bind(3, record.settings);
    insert.bind_blob(4, sealed);
    insert.bind(5, last4(secret));
    insert.bind(6, record.destination);
    insert.bind(7, std::int64_t{record.enabled});
    insert.bind(8, record.status);
    insert.bind(9, record.message);
    insert.bind_blob(10, sealed_token);
    insert.bind_blob(11, sha256(token));
    insert.bind(12, micros(now));
    const std::int64_t number = insert.step() ? insert.integer(0) : 0;
    insert.reset();
    transaction.commit();
    return number;
}

std::optional<SourceRecord> Sources::find(std::int64_t number) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "WHERE number = ?1");
    select.bind(1, number);
    if (!select.step()) return std::nullopt;
    return read(select);
}

std::optional<SourceRecord> Sources::find(std::string_view name) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "WHERE name = ?1");
    select.bind(1, name);
    if (!select.step()) return std::nullopt;
    return read(select);
}

SourceRecord Sources::get(std::string_view name) {
    if (auto found = find(name)) return *found;
    std::string names;
    for (const SourceRecord& one : list()) names += (names.empty() ? "" : ", ") + one.name;
    throw Error(Fault::config, fmt::format("there is no source named {}", name))
        .with_hint(names.empty() ? "There is none yet: ringtail source add"
                                 : "These there are: " + names);
}

std::vector<SourceRecord> Sources::list() {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "ORDER BY name");
    std::vector<SourceRecord> all;
    while (select.step()) all.push_back(read(select));
    return all;
}

void Sources::update(const SourceRecord& record) {
    check_name("source", record.name);
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    check_free(*db, record.name, record.number);
    check_destination(*db, record.destination);
    auto update = db->prepare(
        "UPDATE sources SET name = ?2, settings = ?3, destination = ?4, enabled = ?5 "
        "WHERE number = ?1",
        "changing a source");
    update.bind(1, record.number);
    update.bind(2, record.name);
    update.bind(3, record.settings);
    update.bind(4, record.destination);
    update.bind(5, std::int64_t{record.enabled});
    update.execute();
    expect_one(*db, record.number);
    transaction.commit();
}

void Sources::set_enabled(std::int64_t number, bool enabled) {
    auto db = database_.lock();
    auto update = db->prepare("UPDATE sources SET enabled = ?2 WHERE number = ?1");
    update.bind(1, number);
    update.bind(2, std::int64_t{enabled});
    update.execute();
    expect_one(*db, number);
}

void Sources::set_status(std::int64_t number, std::string_view status, std::string_view message) {
    auto db = database_.lock();
    // Said again at every run, and then nothing is written.
    auto update = db->prepare(
        "UPDATE sources SET status = ?2, message = ?3 WHERE number = ?1 AND (status <> ?2 OR "
        "message <> ?3)");
    update.bind(1, number);
    update.bind(2, status);
    update.bind(3, message);
    update.execute();
}

bool Sources::remove(std::int64_t number) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    auto running = db->prepare("SELECT 1 FROM runs WHERE source = ?1 AND state = 'running'");
    running.bind(1, number);
    if (running.step()) {
        throw Error(Fault::config, "the source cannot be removed while a run of it is running")
            .with_hint(
                "Pause the source first (ringtail source pause NAME), and wait some seconds.");
    }
    auto remove = db->prepare("DELETE FROM sources WHERE number = ?1", "removing a source");
    remove.bind(1, number);
    remove.execute();
    const bool removed = db->changes() > 0;
    transaction.commit();
    return removed;
}

std::string Sources::secret(std::int64_t number) {
    std::string sealed;
    {
        auto db = database_.lock();
        auto select = db->prepare("SELECT secret FROM sources WHERE number = ?1");
        select.bind(1, number);
        if (!select.step()) throw no_such_number(number);
        sealed = select.text(0);
    }
    return secrets_.open(sealed);
}

void Sources::set_secret(std::int64_t number, std::string_view secret) {
    const std::string sealed = secrets_.seal(secret);
    auto db = database_.lock();
    auto update = db->prepare("UPDATE sources SET secret = ?2, last4 = ?3 WHERE number = ?1");
    update.bind(1, number);
    update.bind_blob(2, sealed);
    update.bind(3, last4(secret));
    update.execute();
    expect_one(*db, number);
}

HookTokens Sources::hook_tokens(std::int64_t number, Instant now) {
    std::string sealed, old;
    HookTokens tokens;
    {
        auto db = database_.lock();
        auto select = db->prepare(
            "SELECT hook_token, old_hook_token, old_hook_until FROM sources WHERE number = ?1");
        select.bind(1, number);
        if (!select.step()) throw no_such_number(number);
        sealed = select.text(0);
        old = select.text(1);
        tokens.old_until = time_or_null(select, 2);
    }
    tokens.now = secrets_.open(sealed);
    if (tokens.old_until && *tokens.old_until > now)
        tokens.old = secrets_.open(old);
    else
        tokens.old_until.reset();
    return tokens;
}

HookTokens Sources::rotate_hook_token(std::int64_t number, Instant now,
                                      std::chrono::seconds old_for) {
    const std::string token = random_token(kTokenBytes);
    const std::string sealed = secrets_.seal(token);
    {
        auto db = database_.lock();
        auto update = db->prepare(
            "UPDATE sources SET old_hook_token = hook_token, old_hook_hash = hook_hash, "
            "old_hook_until = ?4, hook_token = ?2, hook_hash = ?3 WHERE number = ?1",
            "changing a hook token");
        update.bind(1, number);
        update.bind_blob(2, sealed);
        update.bind_blob(3, sha256(token));
        update.bind(4, micros(now + old_for));
        update.execute();
        expect_one(*db, number);
    }
    return hook_tokens(number, now);
}

std::optional<std::int64_t> Sources::of_hook_token(std::string_view token, Instant now) {
    const std::string hash = sha256(token);
    auto db = database_.lock();
    auto select = db->prepare(
        "SELECT number FROM sources WHERE hook_hash = ?1 OR (old_hook_hash = ?1 AND "
        "old_hook_until > ?2)");
    select.bind_blob(1, hash);
    select.bind(2, micros(now));
    if (!select.step()) return std::nullopt;
    return select.integer(0);
}

std::unordered_map<std::string, std::int64_t> Sources::hook_digests(Instant now) {
    auto db = database_.lock();
    auto select = db->prepare(
        "SELECT hook_hash, number FROM sources UNION ALL SELECT old_hook_hash, number FROM "
        "sources WHERE old_hook_until > ?1");
    select.bind(1, micros(now));
    std::unordered_map<std::string, std::int64_t> digests;
    while (select.step()) digests.emplace(select.text(0), select.integer(1));
    return digests;
}

}  // namespace ringtail::control
