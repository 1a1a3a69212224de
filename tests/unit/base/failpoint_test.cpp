#include "base/failpoint.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

namespace ringtail {
namespace {

// Each death test is a process of its own; the variable is read there at the first passing.
TEST(FailpointDeathTest, DiesAtTheNamedPlaceOnly) {
    EXPECT_EXIT(
        {
            ::setenv("RINGTAIL_FAILPOINT", "here", 1);
            failpoint("there");
            failpoint("here");
            std::exit(0);
        },
        testing::KilledBySignal(SIGKILL), "");
    EXPECT_EXIT(
        {
            ::setenv("RINGTAIL_FAILPOINT", "here", 1);
            failpoint("there");
            failpoint("her");
            std::exit(0);
        },
        testing::ExitedWithCode(0), "");
}

TEST(FailpointDeathTest, DiesAtTheNthPassing) {
    EXPECT_EXIT(
        {
            ::setenv("RINGTAIL_FAILPOINT", "here:3", 1);
            for (int i = 0; i < 2; ++i) failpoint("here");
            std::exit(0);
        },
        testing::ExitedWithCode(0), "");
    EXPECT_EXIT(
        {
            ::setenv("RINGTAIL_FAILPOINT", "here:3", 1);
            for (int i = 0; i < 3; ++i) failpoint("here");
            std::exit(0);
        },
        testing::KilledBySignal(SIGKILL), "");
}

}  // namespace
}  // namespace ringtail
