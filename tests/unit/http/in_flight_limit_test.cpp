#include "http/in_flight_limit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ringtail::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using TimePoint = InFlightLimit::TimePoint;

constexpr std::string_view kKind = "GET /list";

class InFlightLimitTest : public testing::Test {
  protected:
    void succeed(unsigned times, milliseconds latency = milliseconds(100)) {
        for (unsigned i = 0; i < times; ++i) {
            const TimePoint started = now_;
            now_ += latency;
            limit_.succeeded(started, now_, kKind, latency);
        }
    }
    // A request that starts now and fails a second later.
    void fail() {
        const TimePoint started = now_;
        limit_.failed(started, now_ += seconds(1));
        now_ += milliseconds(1);
    }
    void throttle(std::optional<milliseconds> retry_after) {
        const TimePoint started = now_;
        limit_.throttled(started, now_ += seconds(1), retry_after);
    }

    TimePoint now_{std::chrono::hours(1)};
    InFlightLimit limit_{{16, milliseconds(500), milliseconds(4000)}};
};

TEST_F(InFlightLimitTest, StartsAtTheMostAndStaysThere) {
    EXPECT_EQ(limit_.current(), 16U);
    succeed(100);
    EXPECT_EQ(limit_.current(), 16U);
    EXPECT_LE(limit_.hold_until(), now_);
}

TEST_F(InFlightLimitTest, NeverBelowOne) {
    EXPECT_EQ(InFlightLimit({0, {}, {}}).current(), 1U);
    for (int i = 0; i < 50; ++i) fail();
    EXPECT_EQ(limit_.current(), 1U);
    throttle(seconds(1));
    EXPECT_EQ(limit_.current(), 1U);
}

TEST_F(InFlightLimitTest, FailuresTakeAQuarter) {
    std::vector<unsigned> seen;
    for (int i = 0; i < 4; ++i) {
        fail();
        seen.push_back(limit_.current());
    }
    EXPECT_EQ(seen, (std::vector<unsigned>{12, 9, 7, 6}));
}

TEST_F(InFlightLimitTest, OneIncidentReducesOnce) {
    const TimePoint started = now_;
    now_ += seconds(1);
    for (int i = 0; i < 16; ++i) limit_.failed(started, now_ += milliseconds(3));
    limit_.throttled(started, now_, std::nullopt);
    EXPECT_EQ(limit_.current(), 12U);
    now_ += milliseconds(1);
    fail();
    EXPECT_EQ(limit_.current(), 9U);
}

TEST_F(InFlightLimitTest, GrowsByOneForEachRoundOfSuccesses) {
    throttle(milliseconds(0));
    throttle(milliseconds(0));
    now_ += milliseconds(1);
    ASSERT_EQ(limit_.current(), 8U) << "the second was started at the instant of the first";
    succeed(7);
    EXPECT_EQ(limit_.current(), 8U);
    succeed(1);
    EXPECT_EQ(limit_.current(), 9U);
    succeed(9 + 10 + 11 + 12 + 13 + 14 + 15 + 1000);
    EXPECT_EQ(limit_.current(), 16U);
}

TEST_F(InFlightLimitTest, SuccessesOfBeforeTheIncidentDoNotCount) {
    const TimePoint started = now_;
    limit_.failed(started, now_ += seconds(1));
    for (int i = 0; i < 100; ++i) limit_.succeeded(started, now_, kKind, milliseconds(100));
    EXPECT_EQ(limit_.current(), 12U);
}

TEST_F(InFlightLimitTest, ThrottlingHalvesAndHolds) {
    throttle(seconds(7));
    EXPECT_EQ(limit_.current(), 8U);
    EXPECT_EQ(limit_.hold_until(), now_ + seconds(7));
    // A shorter wait asked of a request of the same burst does not end the longer one.
    limit_.throttled(now_ - seconds(1), now_, seconds(2));
    EXPECT_EQ(limit_.current(), 8U);
    EXPECT_EQ(limit_.hold_until(), now_ + seconds(7));
    limit_.throttled(now_ - seconds(1), now_, seconds(9));
    EXPECT_EQ(limit_.hold_until(), now_ + seconds(9));
}

TEST_F(InFlightLimitTest, WithoutRetryAfterTheHoldGrowsUntilASuccess) {
    std::vector<long> holds;
    const auto hold = [&] {
        throttle(std::nullopt);
        holds.push_back(
            std::chrono::duration_cast<milliseconds>(limit_.hold_until() - now_).count());
        now_ += seconds(10);
    };
    for (int i = 0; i < 5; ++i) hold();
    succeed(1);
    hold();
    EXPECT_EQ(holds, (std::vector<long>{500, 1000, 2000, 4000, 4000, 500}));
}

TEST_F(InFlightLimitTest, SlowAnswersReduceGentlyAndOnlySoFar) {
    succeed(20, milliseconds(100));
    const auto step = [&](milliseconds latency) {
        now_ += milliseconds(1);
        succeed(1, latency);
        return limit_.current();
    };
    unsigned before = limit_.current(), lowest = before;
    for (int i = 0; i < 60; ++i) {
        const unsigned now = step(milliseconds(400));
        EXPECT_LE(before - std::min(now, before), 2U);
        before = now;
        lowest = std::min(lowest, now);
    }
    EXPECT_EQ(lowest, 4U);
    succeed(2000, milliseconds(100));
    EXPECT_EQ(limit_.current(), 16U);
}

TEST(LatencyWatch, OneSlowAnswerSaysNothing) {
    LatencyWatch watch;
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(watch.is_slow("a", milliseconds(100)));
    EXPECT_FALSE(watch.is_slow("a", seconds(30)));
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(watch.is_slow("a", milliseconds(100)));
}

TEST(LatencyWatch, ManySlowAnswersDo) {
    LatencyWatch watch;
    for (int i = 0; i < 20; ++i) watch.is_slow("a", milliseconds(100));
    bool slow = false;
    for (int i = 0; i < 20; ++i) slow = watch.is_slow("a", milliseconds(300));
    EXPECT_TRUE(slow);
    // A server that has become slower for good is the new measure after a while.
    for (int i = 0; i < 2000; ++i) slow = watch.is_slow("a", milliseconds(300));
    EXPECT_FALSE(slow);
}

TEST(LatencyWatch, FastAnswersThatBecomeLessFastAreFine) {
    LatencyWatch watch;
    for (int i = 0; i < 20; ++i) watch.is_slow("a", milliseconds(1));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(watch.is_slow("a", milliseconds(40)));
}

TEST(LatencyWatch, KindsAreNotCompared) {
    LatencyWatch watch;
    for (int i = 0; i < 50; ++i) {
        EXPECT_FALSE(watch.is_slow("fields", milliseconds(1)));
        EXPECT_FALSE(watch.is_slow("contacts", milliseconds(500)));
    }
}

TEST(LatencyWatch, PathsWithoutEndDoNotFillTheMemory) {
    LatencyWatch watch;
    for (int i = 0; i < 100'000; ++i)
        EXPECT_FALSE(watch.is_slow("GET /contact/" + std::to_string(i), milliseconds(i)));
}

}  // namespace
}  // namespace ringtail::http
