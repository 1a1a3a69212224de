#include "control/api_keys.hpp"

#include "control/columns.hpp"
#include "control/secrets.hpp"

namespace ringtail::control {
namespace {

constexpr std::string_view kColumns =
    "SELECT number, name, scope, last4, created, last_used, revoked FROM api_keys ";
constexpr std::string_view kPrefix = "rt_";
constexpr std::size_t kKeyBytes = 32;
// last_used is written at most so often: a busy client must not make a commit per request.
constexpr std::chrono::seconds kNoteEvery{60};

ApiKeyRecord read(const sqlite::Statement& row) {
    ApiKeyRecord record;
    record.number = row.integer(0);
    record.name = row.text(1);
    record.scope = scope_of(row.text(2)).value_or(Scope::read);
    record.last4 = row.text(3);
    record.created = time(row, 4);
    record.last_used = time_or_null(row, 5);
    record.revoked = time_or_null(row, 6);
    return record;
}

}  // namespace

ApiKeys::Made ApiKeys::add(std::string_view name, Scope scope, Instant now) {
    check_name("key", name);
    Made made;
    made.key = std::string(kPrefix) + random_token(kKeyBytes);
    made.record.name = name;
    made.record.scope = scope;
    made.record.last4 = last4(made.key);
    made.record.created = now;
    auto db = database_.lock();
    auto insert = db->prepare(
        "INSERT INTO api_keys (name, scope, hash, last4, created) VALUES (?1, ?2, ?3, ?4, ?5) "
        "RETURNING number",
        "adding a key");
    insert.bind(1, name);
    insert.bind(2, name_of(scope));
    insert.bind_blob(3, sha256(made.key));
    insert.bind(4, made.record.last4);
    insert.bind(5, micros(now));
    if (insert.step()) made.record.number = insert.integer(0);
    insert.execute();
    return made;
}

std::vector<ApiKeyRecord> ApiKeys::list() {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "ORDER BY number");
    std::vector<ApiKeyRecord> all;
    while (select.step()) all.push_back(read(select));
    return all;
}

std::optional<ApiKeyRecord> ApiKeys::check(std::string_view key, Instant now) {
    if (!key.starts_with(kPrefix)) return std::nullopt;
    auto db = database_.lock();
    // By its hash: the time it takes tells nothing of the keys there are.
    auto select = db->prepare(std::string(kColumns) + "WHERE hash = ?1 AND revoked IS NULL");
    select.bind_blob(1, sha256(key));
    if (!select.step()) return std::nullopt;
    const ApiKeyRecord found = read(select);
    select.reset();
    if (!found.last_used || *found.last_used + kNoteEvery <= now) {
        auto update = db->prepare("UPDATE api_keys SET last_used = ?2 WHERE number = ?1");
        update.bind(1, found.number);
        update.bind(2, micros(now));
        update.execute();
    }
    return found;
}

bool ApiKeys::revoke(std::int64_t number, Instant now) {
    auto db = database_.lock();
    auto update =
        db->prepare("UPDATE api_keys SET revoked = ?2 WHERE number = ?1 AND revoked IS NULL");
    update.bind(1, number);
    update.bind(2, micros(now));
    update.execute();
    return db->changes() > 0;
}

bool ApiKeys::any() {
    auto db = database_.lock();
    auto select = db->prepare("SELECT 1 FROM api_keys WHERE revoked IS NULL LIMIT 1");
    return select.step();
}

}  // namespace ringtail::control
