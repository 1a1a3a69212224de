#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace ringtail {
namespace {

TEST(SystemClock, SleepEndsAtAStop) {
    SystemClock clock;
    std::stop_source source;
    std::jthread stopper([&] { source.request_stop(); });
    clock.sleep(std::chrono::hours(24), source.get_token());
    EXPECT_TRUE(source.stop_requested());
}

TEST(SystemClock, SleepLastsAsLongAsAsked) {
    SystemClock clock;
    const auto before = std::chrono::steady_clock::now();
    clock.sleep(std::chrono::milliseconds(20), {});
    EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(20));
}

}  // namespace
}  // namespace ringtail
