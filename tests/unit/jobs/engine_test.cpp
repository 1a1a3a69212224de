#include "jobs/engine.hpp"

#include <fmt/core.h>
#include <gmock/gmock.h>

#include "unit/jobs/scene.hpp"

namespace ringtail::jobs {
namespace {

using control::RunState;
using testing::HasSubstr;

constexpr PoolOptions kQuick{.look = std::chrono::milliseconds(20),
                             .heartbeat = std::chrono::milliseconds(20)};

// Sources named stuck… hang until they are stopped, broken… fail, all others give three rows.
void behave(const std::string& source, int, const std::stop_token& stop) {
    if (source.starts_with("broken")) {
        throw Error(Fault::auth, "the key is refused").with_hint("Give another one.");
    }
    if (!source.starts_with("stuck")) return;
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
    throw Error(Fault::stopped, "stopped");
}

class Working : public testing::Test {
  protected:
    std::int64_t run(const std::string& source, const std::string& name = "load") {
        return *scene.accounts.run_now(scene.job(source, name));
    }
    RunState state(std::int64_t run) { return scene.store.runs().find(run)->state; }
    void wait(std::int64_t run, RunState wanted) {
        scene.wait([&] { return state(run) == wanted; });
    }

    SystemClock clock;
    Scene scene{clock, behave};
};

TEST_F(Working, AStuckSourceHoldsUpNobody) {
    for (const char* name : {"stuck1", "stuck2", "one", "two"}) scene.add_source(name);
    WorkerPool pool(scene.shop, kQuick, scene.ended);
    const auto stuck = run("stuck1");
    run("stuck2");
    pool.wake();
    wait(stuck, RunState::running);
    for (const char* name : {"one", "two", "one"}) {
        const auto number = run(name);
        pool.wake();
        wait(number, RunState::done);
    }
    EXPECT_EQ(state(stuck), RunState::running);
    EXPECT_EQ(scene.rows_of("one"), 6U);
    const auto record = scene.store.runs().latest(scene.job("two").number);
    EXPECT_EQ(record->counters.added, 3U);
    EXPECT_EQ(record->counters.requests, 7U);
    EXPECT_EQ(scene.store.sources().get("two").status, "ok");
    EXPECT_THAT(scene.metrics.text(), HasSubstr("ringtail_rows_total"));
}

TEST_F(Working, CancelAndPauseReachARunThatHangs) {
    scene.add_source("stuck1");
    scene.add_source("stuck2");
    WorkerPool pool(scene.shop, kQuick, scene.ended);
    const auto first = run("stuck1"), second = run("stuck2");
    wait(first, RunState::running);
    wait(second, RunState::running);
    scene.store.runs().cancel(first, clock.now());
    scene.store.runs().pause(second, clock.now());
    wait(first, RunState::cancelled);
    wait(second, RunState::paused);
    EXPECT_TRUE(scene.store.runs().resume(second, clock.now()));
    wait(second, RunState::running);
}

TEST_F(Working, TheEndGivesRunsBackAsQueuedAndNotAsFailed) {
    scene.add_source("stuck1");
    const auto number = run("stuck1");
    {
        WorkerPool pool(scene.shop, kQuick, scene.ended);
        wait(number, RunState::running);
    }
    const auto record = scene.store.runs().find(number);
    EXPECT_EQ(record->state, RunState::queued);
    EXPECT_EQ(record->attempt, 1U);
    EXPECT_EQ(record->crashes, 0U);
}

// Those that had no thread yet, too.
TEST_F(Working, TheEndGivesAllRunsBack) {
    std::vector<std::int64_t> runs;
    for (int i = 0; i < 20; ++i) {
        scene.add_source(fmt::format("stuck{}", i));
        runs.push_back(run(fmt::format("stuck{}", i)));
    }
    PoolOptions options = kQuick;
    options.stuck = std::chrono::hours(1);
    {
        WorkerPool pool(scene.shop, options, scene.ended);
        for (const auto number : runs) wait(number, RunState::running);
    }
    for (const auto number : runs) EXPECT_EQ(state(number), RunState::queued);
}

TEST_F(Working, AllThreadsButOneMayBeStuck) {
    PoolOptions options = kQuick;
    options.threads = 12;
    for (unsigned i = 0; i < options.threads - 1; ++i) {
        scene.add_source(fmt::format("stuck{}", i));
        run(fmt::format("stuck{}", i));
    }
    scene.add_source("one");
    WorkerPool pool(scene.shop, options, scene.ended);
    const auto number = run("one");
    pool.wake();
    wait(number, RunState::done);
}

TEST_F(Working, AFailureIsStoredWithItsHintAndTriedAgainAsTheNextAttempt) {
    const auto source = scene.add_source("broken");
    const auto number = run("broken");
    WorkerPool pool(scene.shop, kQuick, scene.ended);
    wait(number, RunState::failed);
    const auto failed = scene.store.runs().find(number);
    EXPECT_THAT(failed->message, HasSubstr("the key is refused"));
    EXPECT_EQ(failed->hint, "Give another one.");
    // The next attempt is stored with the end, the source's status after it.
    scene.wait([&] { return scene.store.sources().find(source)->status == "failed"; });
    const auto next = scene.store.runs().open(source).front();
    EXPECT_EQ(next.attempt, 2U);
    EXPECT_GT(next.not_before, clock.now() + std::chrono::minutes(2));
    // Somebody who has given another key does not want to wait.
    const auto at_once = scene.accounts.run_now(scene.job("broken"));
    ASSERT_TRUE(at_once);
    EXPECT_EQ(state(next.number), RunState::cancelled);
}

TEST_F(Working, AHistoryIsDoneInSlices) {
    const auto source = scene.store.sources().find(scene.add_source("one"));
    scene.kind.slices = 4;
    const auto job = scene.accounts.history_job(*source, "2026-01-01", "2026-01-31");
    EXPECT_EQ(scene.accounts.history_job(*source, "2026-01-01", "2026-01-31").number, job.number);
    const auto number = scene.accounts.run_now(job);
    WorkerPool pool(scene.shop, kQuick, scene.ended);
    wait(*number, RunState::done);
    EXPECT_EQ(scene.rows_of("one"), 12U);
    EXPECT_EQ(scene.store.runs().find(*number)->counters.added, 12U);
}

TEST_F(Working, ARunSaysHowManyValuesDidNotFit) {
    scene.add_source("one");
    scene.reject("one", 2);
    const auto number = scene.accounts.run_now(scene.job("one"));
    WorkerPool pool(scene.shop, kQuick, scene.ended);
    wait(*number, RunState::done);
    const auto run = *scene.store.runs().find(*number);
    EXPECT_EQ(run.message, "2 values do not fit their columns");
    EXPECT_EQ(run.counters.rejected, 2U);
}

TEST_F(Working, WhatIsDueSoonWaitsForWhatElseBecomesDueAndNothingElseWaits) {
    scene.add_source("one");
    WorkerPool pool(scene.shop, kQuick, scene.ended);
    const Instant before = clock.now();
    scene.ask_again("one", before + std::chrono::milliseconds(1));
    wait(run("one"), RunState::done);
    EXPECT_GE(*scene.job("one", "hooks").next_due, before + std::chrono::seconds(5));
    const Instant later = clock.now() + std::chrono::minutes(10);
    scene.ask_again("one", later);
    wait(run("one"), RunState::done);
    EXPECT_EQ(scene.job("one", "hooks").next_due, later);
}

TEST_F(Working, TheEngineLoadsANewSourceByItself) {
    Engine engine(scene.shop, {.look = std::chrono::milliseconds(20)}, kQuick);
    const auto source = scene.add_source("one");
    auto job = scene.job("one");
    job.schedule = "every 1h";
    job.next_due = clock.now();
    scene.store.jobs().update(job);
    engine.wake();
    scene.wait([&] { return scene.rows_of("one") == 3; });
    scene.wait([&] { return scene.store.runs().open(source).empty(); });
    EXPECT_GT(*scene.job("one").next_due, clock.now());
}

}  // namespace
}  // namespace ringtail::jobs
