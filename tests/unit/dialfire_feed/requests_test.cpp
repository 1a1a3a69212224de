#include "source/dialfire/requests.hpp"

#include <gtest/gtest.h>

namespace ringtail::dialfire {
namespace {

TEST(Requests, TheContextGoesThroughText) {
    const Instant at{std::chrono::microseconds(1'700'000'000'123'456)};
    const auto context = read_context(write_context(at, {{"A B", "", -1}, {"C", "md5", 2}}));
    EXPECT_EQ(context.at, at);
    EXPECT_EQ(context.ids, (std::vector<std::string>{"A B", "C"}));
    ASSERT_EQ(context.steps.size(), 1U);
    EXPECT_EQ(context.steps.at("C"), 2);
}

}  // namespace
}  // namespace ringtail::dialfire
