#include "contract/control/fixture.hpp"

namespace ringtail::control {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

class Runs : public StoreTest {
  protected:
    std::int64_t source_ = add_source("shop");
    std::int64_t job_ = add_job(source_, "load");

    control::Runs& runs() { return store().runs(); }
    std::size_t queue_due(std::int64_t job, Instant next, Instant now) {
        const DueRun due{{.job = job}, next};
        return runs().enqueue_due({&due, 1}, now);
    }
    RunRecord claim(Instant now) { return runs().claim("me", now).value_or(RunRecord()); }
    RunState state(std::int64_t run) { return runs().find(run).value_or(RunRecord()).state; }
};

TEST_F(Runs, GoFromQueuedToDoneWithTheirNumbers) {
    const auto number = enqueue(job_, at(10));
    RunRecord run = claim(at(20));
    EXPECT_EQ(run.number, number);
    EXPECT_EQ(run.state, RunState::running);
    EXPECT_EQ(run.started, at(20));
    Beat beat{.counters = {.added = 5, .requests = 2}, .progress = R"({"days":1})", .rows = {}};
    beat.rows.push_back({.table = "calls", .added = 5});
    beat.period = Period{at(0), at(5)};
    EXPECT_EQ(runs().beat(run, beat, at(30)), Wish::go_on);
    Ending ending;
    ending.last = {.counters = {.added = 7, .unchanged = 1, .rejected = 3, .requests = 4},
                   .progress = "{}",
                   .rows = {{.table = "calls", .added = 2, .unchanged = 1}}};
    ending.message = "all there";
    EXPECT_TRUE(runs().finish(run, ending, at(40)));
    reopen();
    const RunRecord ended = runs().find(number).value();
    EXPECT_EQ(ended.state, RunState::done);
    EXPECT_EQ(ended.counters, ending.last.counters);
    EXPECT_EQ(ended.ended, at(40));
    EXPECT_EQ(ended.period.to, at(5));
    EXPECT_EQ(ended.message, "all there");
    const auto days = store().journal().days(source_, "2024-03-05", "2024-03-05");
    ASSERT_EQ(days.size(), 1U);
    EXPECT_EQ(days[0].rows.table, "calls");
    EXPECT_EQ(days[0].rows.added, 7U);
    EXPECT_EQ(days[0].rows.unchanged, 1U);
}

TEST_F(Runs, OfOneJobAreNeverTwo) {
    const auto number = enqueue(job_, at(0));
    EXPECT_NE(number, 0);
    EXPECT_EQ(enqueue(job_, at(1)), 0);
    const RunRecord run = claim(at(2));
    EXPECT_EQ(enqueue(job_, at(3)), 0) << "while it runs";
    EXPECT_FALSE(runs().claim("another", at(3)));
    EXPECT_TRUE(runs().finish(run, {.state = RunState::paused}, at(4)));
    EXPECT_EQ(enqueue(job_, at(5)), 0) << "while it is paused";
    EXPECT_TRUE(runs().resume(number, at(6)));
    EXPECT_TRUE(runs().finish(claim(at(7)), {.state = RunState::failed}, at(8)));
    EXPECT_NE(enqueue(job_, at(9)), 0);
}

TEST_F(Runs, ADueJobIsQueuedOnceAndMovedOn) {
    store().jobs().set_next_due(job_, at(100));
    EXPECT_TRUE(store().jobs().due(at(99)).empty());
    ASSERT_EQ(store().jobs().due(at(100)).size(), 1U);
    EXPECT_EQ(queue_due(job_, at(200), at(100)), 1U);
    EXPECT_TRUE(store().jobs().due(at(199)).empty());
    EXPECT_EQ(queue_due(job_, at(300), at(200)), 0U) << "one is open";
    EXPECT_EQ(store().jobs().find(job_)->next_due, at(300));
    EXPECT_EQ(store().jobs().next_due(), at(300));
}

TEST_F(Runs, TheSourceThatHasWaitedLongestIsNext) {
    const auto other = add_source("other");
    const auto other_job = add_job(other, "load");
    const auto history = add_job(source_, "history", JobKind::history);
    enqueue(history, at(0));
    enqueue(other_job, at(10));
    enqueue(job_, at(20));
    const RunRecord first = claim(at(30));
    EXPECT_EQ(first.job, job_) << "the oldest waits at this source; its load is more urgent";
    const RunRecord second = claim(at(31));
    EXPECT_EQ(second.job, other_job) << "a source has one run at a time";
    EXPECT_FALSE(runs().claim("me", at(32)));
    EXPECT_TRUE(runs().finish(first, {}, at(40)));
    EXPECT_TRUE(runs().finish(second, {}, at(35)));
    enqueue(other_job, at(36));
    EXPECT_EQ(claim(at(50)).job, other_job) << "the other was served earlier";
    EXPECT_EQ(claim(at(51)).job, history);
}

TEST_F(Runs, SeveralAreTakenAtOnceEachOfAnotherSource) {
    const auto other = add_source("other"), third = add_source("third");
    const std::vector<RunRequest> wanted{
        {.job = add_job(source_, "history", JobKind::history)},
        {.job = job_},
        {.job = add_job(other, "load")},
        {.job = add_job(third, "load")},
        {.job = job_},
    };
    EXPECT_EQ(runs().enqueue(wanted, at(0)), 4U) << "a job has one open run";
    const auto jobs_of = [](const std::vector<RunRecord>& taken) {
        std::vector<std::int64_t> jobs;
        for (const RunRecord& run : taken) jobs.push_back(run.job.value_or(0));
        return jobs;
    };
    const auto first = runs().claim("me", at(1), 2);
    EXPECT_THAT(jobs_of(first), ElementsAre(job_, wanted[2].job));
    EXPECT_EQ(first[0].state, RunState::running);
    const auto second = runs().claim("me", at(2), 9);
    EXPECT_THAT(jobs_of(second), ElementsAre(wanted[3].job));
    EXPECT_TRUE(runs().claim("me", at(3), 9).empty()) << "each source has one running";
}

TEST_F(Runs, SeveralEndAtOnceEachInItsOwnWay) {
    std::vector<std::int64_t> jobs{job_};
    for (const char* name : {"lost", "broken"}) jobs.push_back(add_job(add_source(name), "load"));
    for (const auto job : jobs) enqueue(job, at(0));
    const auto taken = runs().claim("me", at(1), 3);
    ASSERT_EQ(taken.size(), 3U);
    RunRecord lost = taken[1];
    ++lost.claim;
    Ending done, failed{.state = RunState::failed, .message = "no"};
    done.last.rows.push_back({.table = "calls", .added = 2});
    failed.next_attempt = at(60);
    const std::vector<EndedRun> ended{{taken.data(), &done}, {&lost, &done}, {&taken[2], &failed}};
    EXPECT_THAT(runs().finish(ended, at(5)), ElementsAre(true, false, true));
    EXPECT_EQ(state(taken[0].number), RunState::done);
    EXPECT_EQ(state(taken[1].number), RunState::running);
    EXPECT_EQ(state(taken[2].number), RunState::failed);
    EXPECT_EQ(runs().latest(jobs[2])->attempt, 2U);
    EXPECT_EQ(store().journal().days(source_, "2024-03-05", "2024-03-05").size(), 1U);
    EXPECT_TRUE(store().journal().days(lost.source, "2024-03-05", "2024-03-05").empty());
}

TEST_F(Runs, KindsHaveTheirOrder) {
    std::vector<std::int64_t> jobs;
    for (const JobKind kind : {JobKind::report, JobKind::history, JobKind::hooks})
        jobs.push_back(add_job(source_, std::string(name_of(kind)), kind));
    for (const auto job : jobs) enqueue(job, at(0));
    enqueue(job_, at(9));
    std::vector<JobKind> order;
    for (int i = 0; i < 4; ++i) {
        const RunRecord run = claim(at(10));
        order.push_back(run.kind);
        runs().finish(run, {}, at(10));
    }
    EXPECT_THAT(order,
                ElementsAre(JobKind::hooks, JobKind::load, JobKind::history, JobKind::report));
}

TEST_F(Runs, APausedSourceWaitsAndItsRunIsPutBack) {
    enqueue(job_, at(0));
    const RunRecord run = claim(at(1));
    store().sources().set_enabled(source_, false);
    EXPECT_EQ(runs().beat(run, {}, at(2)), Wish::put_back);
    EXPECT_TRUE(runs().finish(run, {.state = RunState::queued}, at(3)));
    EXPECT_FALSE(runs().claim("me", at(4)));
    store().sources().set_enabled(source_, true);
    EXPECT_EQ(claim(at(5)).number, run.number);
}

TEST_F(Runs, AreNotTakenBeforeTheirTime) {
    runs().enqueue({.job = job_, .attempt = 3, .not_before = at(60)}, at(0));
    EXPECT_FALSE(runs().claim("me", at(59)));
    EXPECT_EQ(claim(at(60)).attempt, 3U);
}

TEST_F(Runs, CancelAndPauseReachTheWorkerWithItsNextBeat) {
    const auto number = enqueue(job_, at(0));
    const RunRecord run = claim(at(1));
    EXPECT_EQ(runs().pause(number, at(2)), RunState::running);
    EXPECT_EQ(runs().beat(run, {}, at(3)), Wish::pause);
    EXPECT_TRUE(runs().resume(number, at(4)));
    EXPECT_EQ(runs().beat(run, {}, at(5)), Wish::go_on);
    EXPECT_EQ(runs().cancel(number, at(6)), RunState::running);
    EXPECT_EQ(runs().beat(run, {}, at(7)), Wish::cancel);
    // It ends for another reason meanwhile: the wish holds.
    EXPECT_TRUE(runs().finish(run, {.state = RunState::queued}, at(8)));
    EXPECT_EQ(state(number), RunState::cancelled);
    EXPECT_FALSE(runs().cancel(number, at(9)));
    EXPECT_FALSE(runs().pause(number, at(9)));
    EXPECT_FALSE(runs().resume(number, at(9)));
}

TEST_F(Runs, WhatDoesNotRunIsCancelledAndPausedAtOnce) {
    const auto number = enqueue(job_, at(0));
    EXPECT_EQ(runs().pause(number, at(1)), RunState::paused);
    EXPECT_FALSE(runs().claim("me", at(2)));
    EXPECT_TRUE(runs().resume(number, at(3)));
    EXPECT_EQ(runs().cancel(number, at(4)), RunState::cancelled);
    EXPECT_EQ(runs().find(number)->ended, at(4));
    EXPECT_NE(enqueue(job_, at(5)), 0);
}

TEST_F(Runs, ASilentRunIsTakenUpAgainWithTheSameAttempt) {
    enqueue(job_, at(0));
    const RunRecord lost = claim(at(1));
    EXPECT_EQ(runs().beat(lost, {.counters = {.added = 9}}, at(10)), Wish::go_on);
    EXPECT_EQ(runs().recover_crashed(at(54)), 0U) << "44 s of silence";
    EXPECT_EQ(runs().recover_crashed(at(55)), 1U);
    EXPECT_EQ(runs().recover_crashed(at(55)), 0U);
    const RunRecord again = claim(at(56));
    EXPECT_EQ(again.number, lost.number);
    EXPECT_EQ(again.attempt, 1U);
    EXPECT_EQ(again.crashes, 1U);
    EXPECT_EQ(again.started, at(1));
    EXPECT_EQ(again.counters.added, 9U) << "as the last beat said";
    // The one that was only slow stores nothing more.
    EXPECT_EQ(runs().beat(lost, {.counters = {.added = 1}}, at(57)), Wish::lost);
    EXPECT_FALSE(runs().finish(lost, {}, at(57)));
    EXPECT_EQ(runs().find(lost.number)->counters.added, 9U);
    EXPECT_TRUE(runs().finish(again, {}, at(58)));
}

TEST_F(Runs, ACrashedRunThatWasToBeCancelledIsCancelled) {
    const auto number = enqueue(job_, at(0));
    claim(at(1));
    runs().cancel(number, at(2));
    EXPECT_EQ(runs().recover_crashed(at(100)), 1U);
    EXPECT_EQ(state(number), RunState::cancelled);
}

TEST_F(Runs, WhatComesOfARunIsStoredWithItsEnd) {
    JobRecord hooks;
    hooks.source = source_;
    hooks.name = "hooks";
    hooks.kind = JobKind::hooks;
    const auto hooks_job = store().jobs().add(hooks, at(0));
    enqueue(job_, at(0));
    Ending failed{.state = RunState::failed};
    failed.next_attempt = at(60);
    failed.ask_again = at(5);
    EXPECT_TRUE(runs().finish(claim(at(1)), failed, at(10)));
    const auto next = runs().latest(job_).value();
    EXPECT_EQ(next.state, RunState::queued);
    EXPECT_EQ(next.attempt, 2U);
    EXPECT_EQ(next.not_before, at(60));
    EXPECT_EQ(store().jobs().find(hooks_job)->next_due, at(10)) << "not in the past";
    // Nobody tries again what was cancelled.
    const RunRecord again = claim(at(60));
    runs().cancel(again.number, at(61));
    EXPECT_TRUE(runs().finish(again, failed, at(62)));
    EXPECT_TRUE(runs().open().empty());
}

TEST_F(Runs, TheFileItselfForbidsWrongStates) {
    const auto number = enqueue(job_, at(0));
    runs().finish(claim(at(1)), {}, at(2));
    sqlite::Connection db(files().database);
    const auto refused = [&](const std::string& sql) {
        try {
            db.run(sql + std::to_string(number));
        } catch (const Error& error) {
            return error.fault() == Fault::data;
        }
        return false;
    };
    EXPECT_TRUE(refused("UPDATE runs SET state = 'asleep' WHERE number = "));
    EXPECT_TRUE(refused("UPDATE runs SET state = 'queued', ended = NULL WHERE number = "));
    EXPECT_TRUE(refused("UPDATE runs SET ended = NULL WHERE number = "));
    EXPECT_TRUE(refused("UPDATE runs SET job = NULL WHERE number = "));
    EXPECT_TRUE(
        refused("INSERT INTO runs (source, job, kind, state, queued, not_before) "
                "SELECT source, job, kind, 'running', 1, 1 FROM runs WHERE number = "));
}

}  // namespace
}  // namespace ringtail::control
