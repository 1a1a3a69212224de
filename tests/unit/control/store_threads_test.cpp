#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <thread>

#include "control/inbox.hpp"
#include "control/store.hpp"
#include "support/process.hpp"

namespace ringtail::control {
namespace {

constexpr Instant kNow{std::chrono::sys_days(std::chrono::year(2024) / 3 / 5)};

TEST(StoreThreads, WorkersOfOneStoreNeverTakeTheSameRun) {
    constexpr int kSources = 5;
    constexpr int kRounds = 4;
    const test::TemporaryFolder folder;
    Store store(StoreFiles::in(folder.path()));
    SourceRecord source;
    source.destination = store.destinations().add("d", "sqlite:///a.db", "a.db", kNow);
    std::vector<std::int64_t> jobs;
    for (int i = 0; i < kSources; ++i) {
        source.name = "s" + std::to_string(i);
        JobRecord job;
        job.source = store.sources().add(source, "a key", kNow);
        job.name = "load";
        jobs.push_back(store.jobs().add(job, kNow));
    }
    std::array<std::atomic<int>, kSources + 1> running{};
    std::atomic<int> ended = 0;
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < 4; ++i) {
            workers.emplace_back([&] {
                while (ended < kSources * kRounds) {
                    const auto run = store.runs().claim("me", kNow);
                    if (!run) continue;
                    auto& mine = running[static_cast<std::size_t>(run->source)];
                    EXPECT_EQ(++mine, 1);
                    store.runs().beat(*run, {}, kNow);
                    --mine;
                    EXPECT_TRUE(store.runs().finish(*run, {}, kNow));
                    ++ended;
                }
            });
        }
        for (int queued = 0; queued < kSources * kRounds;) {
            for (const auto job : jobs) {
                const bool more = queued < kSources * kRounds;
                if (more && store.runs().enqueue({.job = job}, kNow)) ++queued;
            }
        }
    }
    EXPECT_EQ(store.journal().find({}).size(), static_cast<std::size_t>(kSources * kRounds));
}

TEST(StoreThreads, AnInboxIsFilledAndDrainedAtOnce) {
    constexpr int kHooks = 3'000;
    const test::TemporaryFolder folder;
    const std::string path = folder.path() + "/inbox.db";
    Inbox writer(path);
    const std::jthread appending([&] {
        const std::vector<Hook> hooks(50, Hook{1, kNow, "", "", "{}"});
        for (int i = 0; i < kHooks; i += 50) writer.append(hooks);
    });
    Inbox reader(path);
    InboxPosition position;
    for (int seen = 0; seen < kHooks;) {
        const InboxPage page = reader.take(1, position, 1U << 20U, 100);
        seen += static_cast<int>(page.hooks.size());
        ASSERT_LE(seen, kHooks);
        position = page.after;
        reader.drop_loaded(1, position);
    }
    EXPECT_FALSE(reader.has_more(1, position));
}

}  // namespace
}  // namespace ringtail::control
