#include "pipeline/run_stream.hpp"

#include <gtest/gtest.h>

#include <latch>

#include "scripted.hpp"

namespace ringtail::test {
namespace {

class RunStream : public ::testing::Test {
  protected:
    RunSummary run(StreamOptions options = {.name = "s", .once = true}) {
        const DestinationFactory factory = [this] {
            return std::make_unique<ShelfDestination>(shelf);
        };
        return run_stream(source, factory, options, clock, *log, observer, stop.get_token());
    }

    ScriptedSource source;
    std::shared_ptr<Shelf> shelf = std::make_shared<Shelf>();
    JumpingClock clock;
    Counting observer;
    std::unique_ptr<Logger> log = make_null_logger();
    std::stop_source stop;
};

TEST_F(RunStream, OnceReadsOneRoundAndGivesTheLeaseBack) {
    const RunSummary summary = run();
    EXPECT_EQ(shelf->rows.size(), 3U);
    EXPECT_EQ(shelf->checkpoint->text, "3");
    EXPECT_EQ(summary.tables.at(0).inserted, 3U);
    EXPECT_EQ(summary.tally.listed, 3U);
    EXPECT_EQ(summary.rounds, 1U);
    EXPECT_EQ(shelf->holder, "");
}

TEST_F(RunStream, LoadsAreClosedAtTheRowLimit) {
    source.per_round = 10;
    run({.name = "s", .once = true, .rows_per_load = 4});
    EXPECT_EQ(shelf->most_rows_in_load, 4);
    EXPECT_EQ(shelf->loads, 3);
    EXPECT_EQ(shelf->rows.size(), 10U);
}

TEST_F(RunStream, LoadsAreClosedAtTheTimeLimit) {
    source.per_round = 10;
    source.before_page = [this](int) { clock.pass(std::chrono::milliseconds(300)); };
    run({.name = "s", .once = true, .max_wait_per_load = std::chrono::seconds(1)});
    // The page that comes 1.2 s after the first one was asked for ends a load: 5, 5.
    EXPECT_EQ(shelf->most_rows_in_load, 5);
    EXPECT_EQ(shelf->loads, 2);
}

TEST_F(RunStream, NoPauseIsLongerThanTheLast) {
    shelf->before_load = [](int) { throw Error(Fault::transient, "disk full"); };
    EXPECT_THROW(run({.name = "s", .once = true, .last_pause = std::chrono::seconds(5)}), Error);
    ASSERT_EQ(clock.sleeps.size(), 9U);
    EXPECT_GT(clock.sleeps[2], std::chrono::seconds(3));
    for (const auto pause : clock.sleeps) EXPECT_LT(pause, std::chrono::seconds(6));
}

TEST_F(RunStream, ALoadThatFailsIsRepeatedFromTheStoredCheckpoint) {
    source.per_round = 10;
    shelf->before_load = [](int load) {
        if (load == 2) throw Error(Fault::transient, "connection lost");
    };
    run({.name = "s", .once = true, .rows_per_load = 2});
    EXPECT_EQ(observer.failures, 1);
    EXPECT_EQ(source.opened, 2);
    // The second attempt's round begins at 2 and reads ten more.
    EXPECT_EQ(shelf->rows.size(), 12U);
    EXPECT_EQ(shelf->checkpoint->text, "12");
}

TEST_F(RunStream, ACommitWhoseAnswerWasLostIsHarmless) {
    shelf->after_load = [](int load) {
        if (load == 1) throw Error(Fault::transient, "connection lost during COMMIT");
    };
    const RunSummary summary = run();
    EXPECT_EQ(shelf->rows.size(), 6U);
    EXPECT_EQ(summary.failed_attempts, 1U);
}

TEST_F(RunStream, OnceGivesUpAfterTenAttemptsWithoutProgress) {
    shelf->before_load = [](int) { throw Error(Fault::transient, "disk full"); };
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::transient);
        EXPECT_NE(std::string(error.what()).find("given up after 10 attempts"), std::string::npos);
    }
    EXPECT_EQ(clock.sleeps.size(), 9U);
    EXPECT_GT(clock.sleeps.back(), std::chrono::seconds(50));
}

TEST_F(RunStream, AnAddressThatNeverAnsweredIsTriedThreeTimes) {
    shelf->before_prepare = [] { throw Error(Fault::transient, "connection refused"); };
    EXPECT_THROW(run({.name = "s", .once = false}), Error);
    EXPECT_EQ(observer.failures, 2);
}

TEST_F(RunStream, FollowingNeverGivesUpOnATransientError) {
    shelf->before_load = [this](int load) {
        if (load > 1 && load < 40) throw Error(Fault::transient, "down");
        if (load == 41) stop.request_stop();
    };
    run({.name = "s"});
    EXPECT_GE(observer.failures, 38);
    EXPECT_GE(shelf->rows.size(), 6U);
}

TEST_F(RunStream, AnAuthErrorStopsAtOnce) {
    source.before_page = [](int number) {
        if (number == 1) throw Error(Fault::auth, "403");
    };
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::auth);
    }
    EXPECT_EQ(observer.failures, 0);
    EXPECT_EQ(shelf->holder, "");
}

TEST_F(RunStream, TheDestinationIsFinishedWithARoundAlsoWhereItIsFollowed) {
    observer.on_round = [this] {
        EXPECT_FALSE(shelf->unfinished);
        if (observer.rounds == 2) stop.request_stop();
    };
    run({.name = "s"});
    EXPECT_EQ(observer.rounds, 2);
}

TEST_F(RunStream, TheDestinationIsFinishedAlsoWhenARunFails) {
    std::latch first_load(1);
    shelf->after_load = [&](int load) {
        if (load == 1) first_load.count_down();
    };
    source.before_page = [&](int page) {
        if (page == 0) return;
        first_load.wait();
        throw Error(Fault::data, "not JSON");
    };
    EXPECT_THROW(run({.name = "s", .once = true, .rows_per_load = 1}), Error);
    EXPECT_GT(shelf->loads, 0);
    EXPECT_FALSE(shelf->unfinished);
}

TEST_F(RunStream, TheDestinationIsFinishedAlsoWhenARunIsStopped) {
    shelf->after_load = [this](int) { stop.request_stop(); };
    source.per_round = 100;
    EXPECT_THROW(run({.name = "s", .once = true, .rows_per_load = 1}), Error);
    EXPECT_GT(shelf->loads, 0);
    EXPECT_FALSE(shelf->unfinished);
}

TEST_F(RunStream, ARoundThatDoesNotAddUpIsNotGreen) {
    source.page_tally = {.listed = 2, .loaded = 1};
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("does not add up"), std::string::npos);
    }
}

TEST_F(RunStream, FollowingWaitsBetweenRoundsAndEndsOnStop) {
    observer.on_round = [this] {
        if (observer.rounds == 3) stop.request_stop();
    };
    const RunSummary summary = run({.name = "s"});
    EXPECT_EQ(summary.rounds, 3U);
    EXPECT_EQ(shelf->rows.size(), 9U);
    EXPECT_GE(clock.now().time_since_epoch(), std::chrono::seconds(120));
    EXPECT_EQ(source.opened, 1);
}

TEST_F(RunStream, ANewColumnIsPreparedBetweenRounds) {
    observer.on_round = [this] {
        if (observer.rounds == 1) source.columns.emplace_back("new field");
        if (observer.rounds == 3) stop.request_stop();
    };
    run({.name = "s"});
    EXPECT_EQ(shelf->prepared, 2);
    EXPECT_EQ(shelf->checkpoint->text, "9");
}

TEST_F(RunStream, ViewsAreMadeOnceTheTablesArePreparedAndAgainWhenTheyChange) {
    source.shown = {{.name = "wide", .base = "numbers", .joins = {}, .columns = {}}};
    observer.on_round = [this] {
        EXPECT_EQ(shelf->views, source.shown);
        if (observer.rounds == 2) source.shown[0].columns.push_back({"numbers", "id", "Номер"});
        if (observer.rounds == 4) stop.request_stop();
    };
    run({.name = "s"});
    EXPECT_EQ(shelf->views_created, 2);
}

TEST_F(RunStream, AStoppedOnceRunSaysThatItWasNotDone) {
    source.before_page = [this](int number) {
        if (number == 1) stop.request_stop();
    };
    source.per_round = 100;
    try {
        run();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::stopped);
    }
    EXPECT_EQ(shelf->holder, "");
}

}  // namespace
}  // namespace ringtail::test
