#include <fmt/core.h>

#include <optional>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "control/columns.hpp"
#include "control/inbox.hpp"
#include "sqlite/unhurried.hpp"

// What is forgotten, and what is kept though it was no call.
namespace ringtail::control {
namespace {

using sqlite::Transaction;

// So many at once, so that appending never waits long.
constexpr std::int64_t kDropAtOnce = 2'000;
// Room is given back to the disk in steps of so many pages, and only when it is worth it: what is
// free is used again by the next hooks.
constexpr std::int64_t kVacuumPages = 4'096;
constexpr std::size_t kMostRejectBytes = 64U << 10U;

std::int64_t single(sqlite::Connection& db, std::string_view sql) {
    auto select = db.prepare(sql);
    return select.step() ? select.integer(0) : 0;
}

}  // namespace

std::uint64_t Inbox::drop_loaded(std::int64_t source, const InboxPosition& position) {
    std::uint64_t dropped = drop(source, 0, position.below);
    if (position.has_range()) dropped += drop(source, position.from, position.to);
    if (dropped > 0) shrink();
    return dropped;
}

void Inbox::drop_together(const std::function<void()>& drops) {
    const sqlite::Unhurried unhurried(db_);
    Transaction transaction(db_, Transaction::Kind::write);
    drops();
    transaction.commit();
}

void Inbox::forget_rejects(std::int64_t source, Instant before) {
    auto rejects = db_.prepare("DELETE FROM hook_rejects WHERE source = ?1 AND received < ?2");
    rejects.bind(1, source);
    rejects.bind(2, micros(before));
    rejects.execute();
}

void Inbox::forget(std::int64_t source) {
    drop(source, 0, INT64_MAX);
    auto rejects = db_.prepare("DELETE FROM hook_rejects WHERE source = ?1");
    rejects.bind(1, source);
    rejects.execute();
    shrink();
}

std::uint64_t Inbox::drop(std::int64_t source, std::int64_t from, std::int64_t to) {
    auto part = db_.prepare(
        "SELECT count(*), coalesce(sum(size), 0), max(number) FROM (SELECT number, length(query) + "
        "length(body) AS size FROM hooks WHERE source = ?1 AND number BETWEEN ?2 AND ?3 ORDER BY "
        "number LIMIT ?4)");
    auto remove = db_.prepare("DELETE FROM hooks WHERE source = ?1 AND number BETWEEN ?2 AND ?3",
                              "dropping webhooks");
    auto lower = db_.prepare(
        "UPDATE hook_counts SET hooks = hooks - ?2, bytes = bytes - ?3 WHERE source = ?1");
    part.bind(1, source);
    part.bind(2, from);
    part.bind(3, to);
    part.bind(4, kDropAtOnce);
    std::uint64_t dropped = 0;
    // Those who append do not wait for this; what comes back after a power cut is dropped again.
    const bool together = db_.in_transaction();
    std::optional<sqlite::Unhurried> unhurried;
    if (!together) unhurried.emplace(db_);
    for (std::int64_t hooks = kDropAtOnce; hooks == kDropAtOnce;) {
        {
            // Most of the time there is nothing, and nothing is locked then.
            const bool any = part.step() && part.integer(0) > 0;
            part.reset();
            if (!any) break;
        }
        std::optional<Transaction> transaction;
        if (!together) transaction.emplace(db_, Transaction::Kind::write);
        if (!part.step()) break;
        hooks = part.integer(0);
        const std::int64_t size = part.integer(1);
        const std::int64_t last = part.integer(2);
        part.reset();
        remove.bind(1, source);
        remove.bind(2, from);
        remove.bind(3, last);
        remove.execute();
        lower.bind(1, source);
        lower.bind(2, hooks);
        lower.bind(3, size);
        lower.execute();
        failpoint("hooks_dropping");
        if (transaction) transaction->commit();
        dropped += static_cast<std::uint64_t>(hooks);
    }
    return dropped;
}

void Inbox::shrink() {
    const std::int64_t free = single(db_, "PRAGMA freelist_count");
    if (free > 2 * kVacuumPages && 2 * free > single(db_, "PRAGMA page_count"))
        db_.run(fmt::format("PRAGMA incremental_vacuum({})", kVacuumPages));
}

void Inbox::reject(const Hook& hook, std::string_view reason) {
    Transaction transaction(db_, Transaction::Kind::write);
    auto insert = db_.prepare(
        "INSERT INTO hook_rejects (source, received, content_type, query, body, reason) VALUES "
        "(?1, "
        "?2, ?3, ?4, ?5, ?6)",
        "keeping a rejected webhook");
    insert.bind(1, hook.source);
    insert.bind(2, micros(hook.received));
    insert.bind(3, hook.content_type.substr(0, 256));
    insert.bind_blob(4, hook.query.substr(0, kMostRejectBytes));
    insert.bind_blob(5, hook.body.substr(0, kMostRejectBytes));
    insert.bind(6, reason);
    insert.execute();
    auto remove = db_.prepare(
        "DELETE FROM hook_rejects WHERE source = ?1 AND number <= (SELECT number FROM hook_rejects "
        "WHERE source = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)");
    remove.bind(1, hook.source);
    remove.bind(2, static_cast<std::int64_t>(options_.rejects_per_source));
    remove.execute();
    transaction.commit();
}

std::vector<HookReject> Inbox::rejects(std::optional<std::int64_t> source, std::size_t limit) {
    auto select = db_.prepare(
        "SELECT number, source, received, content_type, query, body, reason FROM hook_rejects "
        "WHERE ?1 IS NULL OR source = ?1 ORDER BY number DESC LIMIT ?2");
    if (source) select.bind(1, *source);
    select.bind(2, static_cast<std::int64_t>(limit));
    std::vector<HookReject> rejects;
    while (select.step()) {
        rejects.push_back({select.integer(0), select.integer(1), time(select, 2),
                           std::string(select.text(3)), std::string(select.text(4)),
                           std::string(select.text(5)), std::string(select.text(6))});
    }
    return rejects;
}

}  // namespace ringtail::control
