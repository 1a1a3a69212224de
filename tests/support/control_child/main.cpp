// A process for the contract suite to kill: it works on a control store or an inbox, and can be
// started again on the same folder.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "base/holder.hpp"
#include "control/inbox.hpp"
#include "control/store.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::control;
using namespace std::chrono_literals;

Instant at(std::int64_t seconds) { return Instant(std::chrono::seconds(seconds)); }

// Runs every job at each of its times, from 100 to `last` in steps of 100. Prints each run it
// takes.
void work(const std::string& folder, std::int64_t last) {
    Store store(StoreFiles::in(folder));
    const std::string owner = this_holder();
    const Instant now = SystemClock().now();
    for (;;) {
        store.runs().recover_crashed(now);
        for (const JobRecord& job : store.jobs().due(at(last))) {
            const auto latest = store.runs().latest(job.number);
            if (latest && is_open(latest->state)) continue;
            const Instant next = *job.next_due + 100s;
            const DueRun due{{.job = job.number},
                             next > at(last) ? std::nullopt : std::optional(next)};
            store.runs().enqueue_due({&due, 1}, *job.next_due);
        }
        const auto run = store.runs().claim(owner, now);
        if (!run && store.runs().open().empty()) return;
        if (!run) continue;
        std::printf("%lld %lld\n", static_cast<long long>(run->number),
                    static_cast<long long>(run->claim));
        std::fflush(stdout);
        Beat beat{.counters = run->counters};
        for (int i = 0; i < 2; ++i) {
            ++beat.counters.requests;
            if (store.runs().beat(*run, beat, now) == Wish::lost) std::abort();
        }
        if (!store.runs().finish(*run, {.last = beat}, now)) std::abort();
    }
}

// Appends groups of fifty hooks until there are `count`, printing each body once it is
// acknowledged; loads them with their position into loaded.db as a destination does, and drops what
// is loaded.
void pump(const std::string& folder, int count) {
    Inbox inbox(folder + "/inbox.db");
    sqlite::Connection loaded(folder + "/loaded.db");
    loaded.run(
        "CREATE TABLE IF NOT EXISTS hooks (body TEXT PRIMARY KEY);"
        "CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY, below, lower, upper);"
        "CREATE TABLE IF NOT EXISTS sent (one INTEGER PRIMARY KEY, next);"
        "INSERT INTO sent VALUES (1, 0) ON CONFLICT DO NOTHING;"
        "INSERT INTO position VALUES (1, 0, 0, 0) ON CONFLICT DO NOTHING");
    const auto row = [&](const char* sql) {
        auto select = loaded.prepare(sql);
        select.step();
        return InboxPosition{select.integer(0), select.integer(1), select.integer(2)};
    };
    int sent = static_cast<int>(row("SELECT next, 0, 0 FROM sent").below);
    InboxPosition position = row("SELECT below, lower, upper FROM position");
    auto insert = loaded.prepare("INSERT INTO hooks VALUES (?1) ON CONFLICT DO NOTHING");
    auto store = loaded.prepare("UPDATE position SET below = ?1, lower = ?2, upper = ?3");
    for (;;) {
        for (int group = 0; group < 30 && sent < count; ++group, sent += 50) {
            std::vector<std::string> bodies;
            for (int i = 0; i < 50; ++i) bodies.push_back(std::to_string(sent + i));
            std::vector<Hook> hooks;
            for (const auto& body : bodies) hooks.push_back({1, at(sent), "text/plain", "", body});
            inbox.append(hooks);
            std::printf("%d\n", sent + 50);
            std::fflush(stdout);
        }
        loaded.run("UPDATE sent SET next = " + std::to_string(sent));
        const InboxPage page = inbox.take(1, position, 1U << 20U, 350);
        if (page.hooks.empty() && sent >= count) return;
        sqlite::Transaction transaction(loaded, sqlite::Transaction::Kind::write);
        for (const StoredHook& hook : page.hooks) {
            insert.bind(1, hook.body);
            insert.execute();
        }
        store.bind(1, page.after.below);
        store.bind(2, page.after.from);
        store.bind(3, page.after.to);
        store.execute();
        transaction.commit();
        position = page.after;
        inbox.drop_loaded(1, position);
    }
}

}  // namespace

int main(int count, char** words) {
    try {
        if (count == 4 && std::string(words[1]) == "work")
            work(words[2], std::atoll(words[3]));
        else if (count == 4 && std::string(words[1]) == "pump")
            pump(words[2], std::atoi(words[3]));
        else
            return 64;
    } catch (const Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
