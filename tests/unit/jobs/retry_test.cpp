#include "jobs/retry.hpp"

#include <gtest/gtest.h>

namespace ringtail::jobs {
namespace {

using control::JobKind;
using std::chrono::seconds;

TEST(Retry, PausesGrowAndEndSomewhere) {
    EXPECT_EQ(retry_after(JobKind::load, 1, Fault::transient), seconds(15));
    EXPECT_EQ(retry_after(JobKind::load, 3, Fault::transient), seconds(60));
    EXPECT_EQ(retry_after(JobKind::load, 40, Fault::throttled), seconds(900));
    EXPECT_EQ(retry_after(JobKind::hooks, 40, Fault::transient), seconds(30));
    EXPECT_EQ(retry_after(JobKind::load, 1, Fault::auth), seconds(300));
    EXPECT_EQ(retry_after(JobKind::hooks, 9, Fault::config), seconds(3600));
    EXPECT_EQ(retry_after(JobKind::load, 50, Fault::transient), std::nullopt);
}

}  // namespace
}  // namespace ringtail::jobs
