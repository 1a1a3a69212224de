#include "jobs/burst.hpp"

#include <gmock/gmock.h>

#include "base/holder.hpp"
#include "jobs/pool.hpp"
#include "unit/jobs/scene.hpp"

namespace ringtail::jobs {
namespace {

using control::RunState;
using testing::ElementsAre;
using testing::HasSubstr;

// Sources named broken… fail, all others give three rows.
void behave(const std::string& source, int, const std::stop_token&) {
    if (source.starts_with("broken")) throw Error(Fault::auth, "the key is refused");
}

class Bursts : public testing::Test {
  protected:
    void queue(const std::string& source) {
        queued_.push_back(*scene.accounts.run_now(scene.job(source, "hooks")));
    }

    // Claims what is queued and loads it; which of the runs were made together, in their order.
    std::vector<bool> burst(std::stop_token stop = {}) {
        runs_ = scene.store.runs().claim("me", clock.now(), 99);
        std::ranges::sort(runs_, {}, &control::RunRecord::number);
        recorders_.clear();
        std::vector<BurstRun> members;
        for (const control::RunRecord& run : runs_) {
            recorders_.push_back(
                std::make_unique<Recorder>(run, "a source", scene.metrics, *scene.log));
            members.push_back({&run, recorders_.back().get()});
        }
        outcomes_ = load_burst(scene.shop, members, stop);
        std::vector<bool> together;
        for (const auto& outcome : outcomes_) together.push_back(outcome.has_value());
        return together;
    }

    std::string checkpoint(const std::string& source) {
        const auto stored = scene.open_shared()->streams().checkpoint(source);
        return stored ? stored->text : "none";
    }

    SetClock clock;
    Scene scene{clock, behave};
    std::vector<std::int64_t> queued_;
    std::vector<control::RunRecord> runs_;
    std::vector<std::unique_ptr<Recorder>> recorders_;
    std::vector<std::optional<Outcome>> outcomes_;
};

TEST_F(Bursts, SourcesOfOneDatabaseAreLoadedTogether) {
    for (const char* name : {"one", "two"}) scene.add_sharing(name);
    for (const char* name : {"one", "two"}) queue(name);
    EXPECT_THAT(burst(), ElementsAre(true, true));
    for (const auto& outcome : outcomes_) {
        EXPECT_EQ(outcome->ending.state, RunState::done);
        EXPECT_EQ(outcome->ending.last.counters.added, 3U);
        EXPECT_EQ(outcome->ending.last.counters.requests, 7U);
        EXPECT_FALSE(outcome->ending.ask_again);
    }
    EXPECT_EQ(checkpoint("one"), "3");
    EXPECT_EQ(checkpoint("two"), "3");
}

TEST_F(Bursts, WhatCannotBeLoadedTogetherIsLeft) {
    scene.add_source("elsewhere");  // where each load is a transaction of its own
    for (const char* name : {"broken", "one"}) scene.add_sharing(name);
    for (const char* name : {"elsewhere", "broken", "one"}) queue(name);
    EXPECT_THAT(burst(), ElementsAre(false, false, true));
    EXPECT_EQ(recorders_[1]->beat().counters.added, 0U);
    EXPECT_EQ(scene.rows_of("elsewhere"), 0U);
}

TEST_F(Bursts, WhatIsLongDueToBeAskedAgainIsLeft) {
    scene.kind.gather_asks = std::chrono::seconds(60);
    for (const char* name : {"due", "later", "never"}) scene.add_sharing(name);
    for (const char* name : {"due", "later", "never"}) queue(name);
    EXPECT_THAT(burst(), ElementsAre(true, true, true));
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        scene.store.runs().finish(runs_[i], outcomes_[i]->ending, clock.now());
    }
    const Instant now = clock.now();
    const auto destination = scene.open_shared();
    for (const auto& [stream, age] : {std::pair("due", 61), std::pair("later", 57)}) {
        const std::vector<Recheck> rechecks{{"1", 0, now - std::chrono::seconds(age)}};
        destination->streams().hold(stream, this_holder());
        destination->load({{}, {}, rechecks, stream, this_holder(), nullptr, now}, {});
        destination->streams().release(stream, this_holder());
    }
    for (const char* name : {"due", "later", "never"}) queue(name);
    EXPECT_THAT(burst(), ElementsAre(false, true, true));
    EXPECT_EQ(outcomes_[1]->ending.ask_again, now + std::chrono::seconds(3))
        << "that others are loaded puts it off no further";
    EXPECT_FALSE(outcomes_[2]->ending.ask_again);
}

TEST_F(Bursts, WhereNothingIsAskedAgainNothingIsDue) {
    scene.kind.gather_asks.reset();
    scene.add_sharing("one");
    queue("one");
    const auto destination = scene.open_shared();
    const std::vector<Recheck> rechecks{{"1", 0, clock.now() - std::chrono::hours(1)}};
    const Checkpoint begin{"0"};
    destination->prepare({});
    destination->streams().hold("one", this_holder());
    destination->load({{}, {}, rechecks, "one", this_holder(), &begin, clock.now()}, {});
    destination->streams().release("one", this_holder());
    EXPECT_THAT(burst(), ElementsAre(true));
    EXPECT_FALSE(outcomes_[0]->ending.ask_again);
}

TEST_F(Bursts, WhoHasVeryManyWaitingIsLeft) {
    const auto busy = scene.add_sharing("busy");
    scene.add_sharing("one");
    const std::string body(100'000, ' ');
    const std::vector<control::Hook> hooks(11, {.source = busy, .body = body});
    control::Inbox(scene.shop.inbox_file).append(hooks);
    for (const char* name : {"busy", "one"}) queue(name);
    EXPECT_THAT(burst(), ElementsAre(false, true));
}

TEST_F(Bursts, AfterAStopNothingIsDone) {
    scene.add_sharing("one");
    queue("one");
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THAT(burst(stop.get_token()), ElementsAre(false));
    EXPECT_EQ(checkpoint("one"), "none");
}

TEST_F(Bursts, TheWorkersMakeWhatIsLeftOneByOne) {
    scene.add_source("elsewhere");
    for (const char* name : {"broken", "one", "two"}) scene.add_sharing(name);
    for (const char* name : {"elsewhere", "broken", "one", "two"}) queue(name);
    const WorkerPool pool(scene.shop, {.look = std::chrono::milliseconds(20)}, scene.ended);
    const auto state = [&](std::size_t i) { return scene.store.runs().find(queued_[i])->state; };
    scene.wait([&] { return state(1) == RunState::failed; });
    for (const std::size_t i : {0U, 2U, 3U}) {
        scene.wait([&] { return state(i) == RunState::done; });
        EXPECT_EQ(scene.store.runs().find(queued_[i])->counters.added, 3U);
    }
    EXPECT_THAT(scene.store.runs().find(queued_[1])->message, HasSubstr("the key is refused"));
}

}  // namespace
}  // namespace ringtail::jobs
