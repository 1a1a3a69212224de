#include <signal.h>

#include <random>
#include <set>
#include <sstream>

#include "contract/control/fixture.hpp"
#include "control/inbox.hpp"

namespace ringtail::control {
namespace {

using test::Outcome;
using test::Process;
using ::testing::IsEmpty;

const std::string kChild = RINGTAIL_BINARY_DIR "/control_child";

std::string last_line(const std::string& text) {
    std::istringstream lines(text);
    std::string line, last;
    while (std::getline(lines, line)) last = line;
    return last;
}

class KilledRuns : public StoreTest, public ::testing::WithParamInterface<std::string> {
  protected:
    // Three sources with a job each that is due at 100, 200, … 500.
    KilledRuns() {
        for (const char* name : {"a", "b", "c"}) {
            const auto job = add_job(add_source(name), "load");
            store().jobs().set_next_due(job, Instant(std::chrono::seconds(100)));
        }
        reopen();
    }
    Outcome work(const std::string& failpoint = {}) {
        return test::run({kChild, "work", folder(), "500"},
                         failpoint.empty() ? std::map<std::string, std::string>{}
                                           : std::map<std::string, std::string>{
                                                 {"RINGTAIL_FAILPOINT", failpoint}});
    }
    // Whatever happened: every job ran at each of its five times, once.
    void expect_all_done() {
        std::map<std::int64_t, int> of_job;
        for (const JournalRow& row : store().journal().find({.limit = 1'000})) {
            EXPECT_EQ(row.run.state, RunState::done);
            EXPECT_EQ(row.run.attempt, 1U) << "a crash is no failed attempt";
            EXPECT_EQ(row.run.claim, 1 + row.run.crashes);
            ++of_job[*row.run.job];
        }
        EXPECT_EQ(of_job.size(), 3U);
        for (const auto& [job, runs] : of_job) EXPECT_EQ(runs, 5) << job;
    }
};

TEST_P(KilledRuns, AreTakenUpAgain) {
    const Outcome killed = work(GetParam());
    ASSERT_EQ(killed.signal, SIGKILL) << "never came there: " << killed.err;
    const Outcome again = work();
    ASSERT_EQ(again.code, 0) << again.err;
    expect_all_done();
}

INSTANTIATE_TEST_SUITE_P(Everywhere, KilledRuns,
                         ::testing::Values("run_queueing", "run_queueing:5", "run_queued",
                                           "run_queued:4", "run_claiming", "run_claiming:3",
                                           "run_claimed", "run_claimed:7", "run_beating:3",
                                           "run_finishing", "run_finishing:4", "run_finished",
                                           "run_finished:15"));

TEST_F(KilledRuns, AreTakenUpAgainWhenThatIsInterruptedToo) {
    for (const char* place : {"run_claimed", "run_crashed", "run_recovered", "run_claimed:2",
                              "run_crashed", "run_beating"}) {
        ASSERT_EQ(work(place).signal, SIGKILL) << place;
    }
    ASSERT_EQ(work().code, 0);
    expect_all_done();
    unsigned crashes = 0;
    for (const JournalRow& row : store().journal().find({})) crashes += row.run.crashes;
    EXPECT_EQ(crashes, 3U);
}

TEST_F(KilledRuns, AtRandomInstants) {
    std::mt19937 random(20240305);
    for (int round = 0; round < 10; ++round) {
        Process child({kChild, "work", folder(), "500"});
        if (!child.ended_within(std::chrono::milliseconds(random() % 60))) child.send(SIGKILL);
        child.wait();
    }
    ASSERT_EQ(work().code, 0);
    expect_all_done();
}

TEST_F(KilledRuns, TwoProcessesShareTheWork) {
    Process one({kChild, "work", folder(), "500"});
    Process other({kChild, "work", folder(), "500"});
    const Outcome first = one.wait();
    const Outcome second = other.wait();
    ASSERT_EQ(first.code, 0) << first.err;
    ASSERT_EQ(second.code, 0) << second.err;
    expect_all_done();
    // Each run was taken by one of them.
    std::istringstream lines(first.out + second.out);
    std::multiset<std::string> taken;
    for (std::string line; std::getline(lines, line);) taken.insert(line);
    EXPECT_EQ(taken.size(), 15U);
    EXPECT_EQ(std::set<std::string>(taken.begin(), taken.end()).size(), 15U);
}

class KilledInbox : public ::testing::TestWithParam<std::string> {
  protected:
    static constexpr int kHooks = 6'000;
    Outcome pump(const std::string& failpoint = {}) {
        return test::run({kChild, "pump", folder_.path(), std::to_string(kHooks)},
                         failpoint.empty() ? std::map<std::string, std::string>{}
                                           : std::map<std::string, std::string>{
                                                 {"RINGTAIL_FAILPOINT", failpoint}});
    }
    // What was acknowledged is in the inbox or loaded.
    void expect_kept(int acknowledged) {
        std::set<std::string> there = loaded();
        Inbox inbox(folder_.path() + "/inbox.db");
        InboxPosition position;
        for (InboxPage page; !(page = inbox.take(1, position)).hooks.empty();) {
            for (const StoredHook& hook : page.hooks) there.insert(hook.body);
            position = page.after;
        }
        for (int i = 0; i < acknowledged; ++i)
            ASSERT_TRUE(there.contains(std::to_string(i))) << i << " of " << acknowledged;
    }
    std::set<std::string> loaded() {
        sqlite::Connection db(folder_.path() + "/loaded.db");
        std::set<std::string> bodies;
        auto select = db.prepare("SELECT body FROM hooks");
        while (select.step()) bodies.emplace(select.text(0));
        return bodies;
    }
    void expect_all_loaded() {
        ASSERT_EQ(pump().code, 0);
        EXPECT_EQ(loaded().size(), static_cast<std::size_t>(kHooks));
        EXPECT_THAT(Inbox(folder_.path() + "/inbox.db").counts(), IsEmpty());
    }
    test::TemporaryFolder folder_;
};

TEST_P(KilledInbox, LosesNothingThatWasAcknowledged) {
    const Outcome killed = pump(GetParam());
    ASSERT_EQ(killed.signal, SIGKILL) << "never came there: " << killed.err;
    const std::string said = last_line(killed.out);
    expect_kept(said.empty() ? 0 : std::stoi(said));
    expect_all_loaded();
}

INSTANTIATE_TEST_SUITE_P(Everywhere, KilledInbox,
                         ::testing::Values("hooks_syncing", "hooks_syncing:60", "hooks_synced",
                                           "hooks_synced:60", "hooks_taken", "hooks_taken:9",
                                           "hooks_dropping", "hooks_dropping:5"));

TEST_F(KilledInbox, AtRandomInstants) {
    std::mt19937 random(20240306);
    for (int round = 0; round < 10; ++round) {
        Process child({kChild, "pump", folder_.path(), std::to_string(kHooks)});
        if (!child.ended_within(std::chrono::milliseconds(random() % 150))) child.send(SIGKILL);
        child.wait();
    }
    expect_all_loaded();
}

}  // namespace
}  // namespace ringtail::control
