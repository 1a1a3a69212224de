#include "control/inbox.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "control/columns.hpp"
#include "control/migrations.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

sqlite::Options options(std::size_t cache_bytes) {
    sqlite::Options options;
    options.busy = std::chrono::seconds(10);  // a sender waits that long at most
    options.cache_bytes = cache_bytes;
    options.can_shrink = true;
    return options;
}

std::int64_t size_of(const Hook& hook) {
    return static_cast<std::int64_t>(hook.query.size() + hook.body.size());
}

std::int64_t single(sqlite::Connection& db, std::string_view sql) {
    auto select = db.prepare(sql);
    return select.step() ? select.integer(0) : 0;
}

}  // namespace

Inbox::Inbox(const std::string& path, InboxOptions with)
    : db_(path, options(with.cache_bytes)), options_(with) {
    migrate(db_, inbox_migrations());
    constexpr std::string_view kPage =
        "SELECT number, received, content_type, query, body FROM hooks WHERE source = ?1 AND "
        "number > ?2 AND number < ?3 ORDER BY number";
    run_.emplace(Statements{
        db_.prepare("INSERT INTO hooks (source, received, content_type, query, body) VALUES (?1, "
                    "?2, ?3, ?4, ?5)",
                    "storing webhooks"),
        db_.prepare(
            "INSERT INTO hook_counts (source, hooks, bytes) VALUES (?1, ?2, ?3) ON CONFLICT "
            "(source) DO UPDATE SET hooks = hooks + excluded.hooks, bytes = bytes + "
            "excluded.bytes",
            "counting webhooks"),
        db_.prepare(kPage, "reading webhooks"),
        db_.prepare(std::string(kPage) + " DESC", "reading webhooks"),
    });
}

void Inbox::append(std::span<const Hook> hooks) {
    if (hooks.empty()) return;
    Transaction transaction(db_, Transaction::Kind::write);
    refuse_if_full();
    raise_numbers(hooks.front().received);
    std::map<std::int64_t, InboxCount> counts;
    auto& insert = run_->insert;
    for (const Hook& hook : hooks) {
        insert.bind(1, hook.source);
        insert.bind(2, micros(hook.received));
        insert.bind_static(3, hook.content_type);
        insert.bind_blob(4, hook.query);
        insert.bind_blob(5, hook.body);
        insert.execute();
        InboxCount& count = counts[hook.source];
        ++count.hooks;
        count.bytes += static_cast<std::uint64_t>(size_of(hook));
    }
    for (const auto& [source, count] : counts) {
        run_->count.bind(1, source);
        run_->count.bind(2, static_cast<std::int64_t>(count.hooks));
        run_->count.bind(3, static_cast<std::int64_t>(count.bytes));
        run_->count.execute();
    }
    failpoint("hooks_syncing");
    transaction.commit();
    raised_ = true;
    failpoint("hooks_synced");
}

void Inbox::refuse_if_full() {
    const std::uint64_t size = bytes();
    if (size < options_.max_bytes) return;
    throw Error(Fault::throttled, fmt::format("the inbox {} holds {} MB, and its cap is {} MB",
                                              db_.path(), size >> 20U, options_.max_bytes >> 20U))
        .with_hint(
            "Webhooks are refused until some have been loaded. See why they are not: "
            "ringtail journal")
        .wait(std::chrono::seconds(30));
}

// A position stands in the destination, and must never cover a hook that came later: so the numbers
// of a file that was made anew, or restored from a backup, go on above all it may have seen.
void Inbox::raise_numbers(Instant now) {
    if (raised_) return;
    auto insert = db_.prepare(
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'hooks', 0 WHERE NOT EXISTS (SELECT 1 FROM "
        "sqlite_sequence WHERE name = 'hooks')");
    insert.execute();
    auto update = db_.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?1) WHERE name = 'hooks'");
    update.bind(1, micros(now));
    update.execute();
}

InboxPage Inbox::take(std::int64_t source, const InboxPosition& position, std::size_t max_bytes,
                      std::size_t max_hooks) {
    Transaction snapshot(db_, Transaction::Kind::read);
    InboxPage page;
    page.after = position;
    while (page.hooks.empty()) {
        const InboxPosition before = page.after;
        const bool has_fresh = before.has_range() && first(source, before.to, INT64_MAX);
        const auto waiting = before.has_range() ? 0 : count_waiting(source, before.below);
        const InboxPlan plan = plan_page(before, waiting, has_fresh, turns_[source]++);
        const bool down = plan.part == InboxPlan::Part::newest;
        auto& select = down ? run_->page_down : run_->page;
        select.bind(1, source);
        select.bind(2, plan.above);
        select.bind(3, plan.below);
        std::size_t bytes = 0;
        InboxPageSpan span;
        while (!span.is_all && bytes < max_bytes && page.hooks.size() < max_hooks) {
            span.is_all = !select.step();
            if (span.is_all) break;
            page.hooks.push_back({select.integer(0), time(select, 1), std::string(select.text(2)),
                                  std::string(select.text(3)), std::string(select.text(4))});
            bytes += page.hooks.back().body.size() + page.hooks.back().query.size();
        }
        select.reset();
        if (down) std::ranges::reverse(page.hooks);
        if (!page.hooks.empty()) {
            span.lowest = page.hooks.front().number;
            span.highest = page.hooks.back().number;
        }
        page.after = after_page(before, plan, span);
        if (page.after == before) break;
    }
    if (!page.hooks.empty()) failpoint("hooks_taken");
    return page;
}

std::uint64_t Inbox::count_waiting(std::int64_t source, std::int64_t above) {
    auto select = db_.prepare(
        "SELECT count(*) FROM (SELECT 1 FROM hooks WHERE source = ?1 AND number > ?2 LIMIT ?3)");
    select.bind(1, source);
    select.bind(2, above);
    select.bind(3, static_cast<std::int64_t>(kInboxBacklog + 1));
    return select.step() ? count(select, 0) : 0;
}

std::optional<StoredHook> Inbox::first(std::int64_t source, std::int64_t above,
                                       std::int64_t below) {
    auto select = db_.prepare(
        "SELECT number, received FROM hooks WHERE source = ?1 AND number > ?2 AND number < ?3 "
        "ORDER BY number LIMIT 1");
    select.bind(1, source);
    select.bind(2, above);
    select.bind(3, below);
    if (!select.step()) return std::nullopt;
    return StoredHook{select.integer(0), time(select, 1), {}, {}, {}};
}

std::optional<StoredHook> Inbox::first_waiting(std::int64_t source, const InboxPosition& position) {
    if (!position.has_range()) return first(source, position.below, INT64_MAX);
    if (auto rest = first(source, position.below, position.from)) return rest;
    return first(source, position.to, INT64_MAX);
}

bool Inbox::has_more(std::int64_t source, const InboxPosition& position) {
    return first_waiting(source, position).has_value();
}

// From each source to the next in the index, however many hooks there are.
std::vector<std::int64_t> Inbox::sources() {
    auto select = db_.prepare(
        "WITH RECURSIVE some (source) AS (SELECT min(source) FROM hooks UNION ALL SELECT (SELECT "
        "min(h.source) FROM hooks h WHERE h.source > some.source) FROM some WHERE some.source IS "
        "NOT NULL) SELECT source FROM some WHERE source IS NOT NULL",
        "looking for webhooks");
    std::vector<std::int64_t> sources;
    while (select.step()) sources.push_back(select.integer(0));
    return sources;
}

std::optional<Instant> Inbox::oldest(std::int64_t source, const InboxPosition& position) {
    const auto found = first_waiting(source, position);
    if (!found) return std::nullopt;
    return found->received;
}

std::uint64_t Inbox::bytes() {
    const auto pages = single(db_, "PRAGMA page_count") - single(db_, "PRAGMA freelist_count");
    return static_cast<std::uint64_t>(pages * single(db_, "PRAGMA page_size"));
}

std::map<std::int64_t, InboxCount> Inbox::counts() {
    auto select = db_.prepare("SELECT source, hooks, bytes FROM hook_counts WHERE hooks > 0");
    std::map<std::int64_t, InboxCount> counts;
    while (select.step()) counts[select.integer(0)] = {count(select, 1), count(select, 2)};
    return counts;
}

}  // namespace ringtail::control
