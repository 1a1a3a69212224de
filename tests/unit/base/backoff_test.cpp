#include "base/backoff.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ringtail {
namespace {

using namespace std::chrono_literals;

void expect_about(Backoff::Pause pause, Backoff::Pause wanted) {
    EXPECT_GE(pause, wanted * 9 / 10);
    EXPECT_LE(pause, wanted * 11 / 10);
}

// architecture.md, "Errors": 1 s × 2ⁿ up to 64 s, then every 5 min.
TEST(Backoff, DoublesThenRests) {
    Backoff backoff(1s);
    for (const auto wanted : {1s, 2s, 4s, 8s, 16s, 32s, 64s}) expect_about(backoff.next(), wanted);
    for (int i = 0; i < 100; ++i) expect_about(backoff.next(), 5min);
    EXPECT_EQ(backoff.failures(), 107U);
    backoff.reset();
    EXPECT_EQ(backoff.failures(), 0U);
    expect_about(backoff.next(), 1s);
}

TEST(Backoff, StaysAtTheLastWhereNoRestIsWanted) {
    Backoff backoff(500ms, 3s, 3s);
    for (const auto wanted : {500ms, 1000ms, 2000ms, 3000ms, 3000ms, 3000ms})
        expect_about(backoff.next(), wanted);
}

TEST(Backoff, Jitters) {
    std::set<Backoff::Pause> seen;
    for (int i = 0; i < 100; ++i) seen.insert(Backoff(10s).next());
    EXPECT_GT(seen.size(), 10U);
}

}  // namespace
}  // namespace ringtail
