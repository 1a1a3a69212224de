#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "callkeeper/account.hpp"

namespace ringtail::test {
namespace {

using testing::IsEmpty;

TEST(CallKeeperApi, EveryTableHoldsTheTruth) {
    Account account(calls(400, 6, 0.3));
    const auto summary = account.load_all();
    EXPECT_EQ(summary.failed_attempts, 0U);
    EXPECT_THAT(account.differences({}), IsEmpty());
}

TEST(CallKeeperApi, TheSameOnceMoreChangesNothing) {
    Account account(calls(300, 4));
    account.load_all();
    const auto again = account.load_all();
    EXPECT_EQ(written(again, "callkeeper_calls"), 0U);
    EXPECT_EQ(written(again, "callkeeper_calls_facts"), 0U);
    EXPECT_EQ(written(again, "general_traffic"), 0U);
    EXPECT_THAT(account.differences({}), IsEmpty());
}

// Whatever CallKeeper turns out to mean, the rows are the same.
class EveryReading : public testing::TestWithParam<std::map<std::string, std::string>> {};

TEST_P(EveryReading, GivesTheSameRows) {
    auto options = calls(300, 4, 0.1);
    options.assume = GetParam();
    Account account(options);
    account.load_all();
    EXPECT_THAT(account.differences({}), IsEmpty());
}

// Of calls that their hooks told of first the API is asked one by one; some it does not know.
TEST_P(EveryReading, GivesTheSameRowsToWhoAsksForSingleCalls) {
    auto options = calls(60, 3, 0.1);
    options.assume = GetParam();
    Account account(options);
    account.receive({});
    account.callkeeper().remove(5);
    account.take_hooks();
    account.callkeeper().advance(std::chrono::minutes(2));
    account.run({});
    EXPECT_GT(account.callkeeper().stats().requests["getCallInfo"], 5U);
    account.load_all();
    EXPECT_THAT(account.differences({.api = true, .hooks = true}, Account::Shared::more),
                IsEmpty());
}

using Readings = std::map<std::string, std::string>;

INSTANTIATE_TEST_SUITE_P(
    Together, EveryReading,
    testing::Values(Readings{{"from", "exclusive"}, {"to", "exclusive"}},
                    Readings{{"plain-to", "midnight"}, {"to", "exclusive"}},
                    Readings{{"zone", "dates"}, {"dates", "t"}, {"home", "moscow"}},
                    Readings{{"zone", "ignored"}, {"home", "moscow"}},
                    Readings{{"order", "falling"}, {"numbers", "text"}, {"visit", "flat"}}));

// Every reading of every switch; the states of an account are none.
std::vector<Readings> single_readings() {
    std::vector<Readings> all;
    for (const auto& one : sim::call_switches())
        for (const auto& reading : one.readings)
            if (one.name != "account") all.push_back({{one.name, reading}});
    return all;
}

std::string title_of(const testing::TestParamInfo<Readings>& info) {
    const auto& [name, reading] = *info.param.begin();
    std::string title = name + "_" + reading;
    std::ranges::replace(title, '-', '_');
    return title;
}

INSTANTIATE_TEST_SUITE_P(Alone, EveryReading, testing::ValuesIn(single_readings()), title_of);

TEST(CallKeeperApi, FaultsOnTheWayLoseNothing) {
    Account account(calls(300, 6));
    account.settings.calls_per_window = 100;                          // more requests
    account.settings.stall_timeout = std::chrono::milliseconds(200);  // "hang"
    for (const char* kind : {"500", "502", "503", "504", "429", "reset", "short", "truncate",
                             "broken_json", "content_type", "slow", "hang"})
        account.callkeeper().add_fault({.kind = kind, .share = 0.3, .count = 2, .pause_ms = 1});
    account.load_all();
    std::uint64_t struck = 0;
    for (const auto& [kind, count] : account.callkeeper().stats().faults) struck += count;
    EXPECT_GT(struck, 3U);
    EXPECT_THAT(account.differences({}), IsEmpty());
}

TEST(CallKeeperApi, FaultsWhileCallsAreAskedAgainLoseNothing) {
    Account account(calls(80, 3));
    account.receive({});
    account.take_hooks();
    account.callkeeper().advance(std::chrono::minutes(2));
    for (const char* kind : {"500", "429", "reset", "truncate", "broken_json"})
        account.callkeeper().add_fault({.kind = kind, .share = 0.2, .count = 2});
    account.run({});
    EXPECT_FALSE(account.callkeeper().stats().faults.empty());
    account.callkeeper().clear_faults();
    account.load_all();
    EXPECT_THAT(account.differences({.api = true, .hooks = true}, Account::Shared::more),
                IsEmpty());
}

TEST(CallKeeperApi, ARunThatFailsHalfwayIsGoneOnWith) {
    Account whole(calls(300, 6));
    whole.settings.calls_per_window = 100;
    whole.load_all();
    const auto requests = whole.callkeeper().stats().requests.at("getCallsInfo");
    const auto all = whole.count("SELECT count(*) FROM callkeeper_calls");

    Account account(calls(300, 6));
    account.settings.calls_per_window = 100;
    const auto half = static_cast<unsigned>(requests * 2 / 3);
    account.callkeeper().add_fault({.kind = "403", .skip = half});
    EXPECT_THROW(account.load_all(), Error);
    const auto loaded = account.count("SELECT count(*) FROM callkeeper_calls");
    EXPECT_GT(loaded, 0);
    EXPECT_LT(loaded, all);
    account.callkeeper().clear_faults();
    account.load_all();
    EXPECT_THAT(account.differences({}), IsEmpty());
}

TEST(CallKeeperApi, FinishedCallsAlone) {
    auto options = calls(300, 4);
    Account account(options);
    account.settings.method = "getCallsCompleted";
    account.load_all();
    // What is going on is in the truth, and not among the finished ones.
    const auto going =
        account.count("SELECT count(*) FROM callkeeper_calls WHERE status_code IN (1, 2)");
    EXPECT_EQ(going, 0);
    account.callkeeper().advance(std::chrono::hours(48));
    account.settings.method = "getCallsInfo";
    account.load_all();
    EXPECT_THAT(account.differences({}, Account::Shared::more), IsEmpty());
}

TEST(CallKeeperApi, LiveDaysFollowTheClock) {
    Account account(calls(200, 12));
    account.callkeeper().advance(-std::chrono::hours(24 * 6));
    account.load_all();
    EXPECT_THAT(account.differences({}), IsEmpty());
    for (int i = 0; i < 6; ++i) {
        account.callkeeper().advance(std::chrono::hours(24));
        callkeeper::Work work;
        work.live = callkeeper::DayRange{};  // from where it stands, less the overlap
        account.run(work);
        ASSERT_THAT(account.differences({}, Account::Shared::more), IsEmpty()) << "day " << i;
    }
}

TEST(CallKeeperApi, HistoryInPartsIsTheWhole) {
    using namespace std::chrono;
    Account account(calls(100, 20));
    callkeeper::Work work;
    work.settle = false;
    work.history = callkeeper::History{"history 1", local_days(year(2023) / December / 31),
                                       local_days(year(2024) / January / 20), 5, std::nullopt};
    std::uint64_t loads = 0;
    for (int i = 0; i < 5; ++i) loads += account.run(work).loads;
    EXPECT_GT(loads, 0U);
    EXPECT_THAT(account.differences({}), IsEmpty());
    EXPECT_EQ(written(account.run(work)), 0U) << "it is done";
}

}  // namespace
}  // namespace ringtail::test
