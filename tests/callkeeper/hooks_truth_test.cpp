#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "callkeeper/account.hpp"

namespace ringtail::test {
namespace {

using testing::IsEmpty;

const sim::CallTruthOptions kHooks{.api = false, .hooks = true};
const sim::CallTruthOptions kBoth{.api = true, .hooks = true};
constexpr auto kMore = Account::Shared::more;

class HookFormats : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(HookFormats, HooksAloneAndThenTheApi) {
    Account account(calls(80, 4, 0.3));
    const auto [format, order] = GetParam();
    const unsigned copies = std::string(order) == "right" ? 1 : 2;
    const auto counts = account.receive({.format = format, .order = order, .copies = copies});
    EXPECT_GT(counts.acknowledged, 0U);
    account.take_hooks();
    EXPECT_THAT(account.differences(kHooks, kMore), IsEmpty());
    account.load_all();
    EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(CallKeeperHooks, HookFormats,
                         testing::Combine(testing::Values("json", "text", "form", "query", "array"),
                                          testing::Values("right", "reversed", "shuffled")));

TEST(CallKeeperHooks, ThenTheApi) {
    Account account(calls(150, 4, 0.3));
    account.receive({});
    account.take_hooks();
    account.load_all();
    EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty());
}

TEST(CallKeeperHooks, AfterTheApi) {
    Account account(calls(150, 4, 0.3));
    account.load_all();
    account.receive({});
    account.take_hooks();
    EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty());
}

TEST(CallKeeperHooks, InTheWrongOrder) {
    for (const char* order : {"reversed", "shuffled"}) {
        Account account(calls(150, 4));
        account.receive({.order = order, .copies = 3});
        account.take_hooks();
        EXPECT_THAT(account.differences(kHooks, kMore), IsEmpty()) << order;
        account.load_all();
        EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty()) << order;
    }
}

TEST(CallKeeperHooks, ALateBeginningChangesNothing) {
    Account account(calls(150, 4));
    account.receive({});
    account.take_hooks();
    account.load_all();
    account.receive({.which = "processing"});
    account.take_hooks();
    EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty());
}

TEST(CallKeeperHooks, AThousandTimesTheSameIsOneRow) {
    Account account(calls(3, 3, 0));
    const auto counts = account.receive({.which = "over", .copies = 1000, .to = "2024-01-01"});
    ASSERT_GT(counts.acknowledged_calls.size(), 0U);
    EXPECT_EQ(counts.acknowledged, counts.acknowledged_calls.size() * 1000);
    account.take_hooks();
    EXPECT_EQ(account.count("SELECT count(*) FROM callkeeper_calls_facts"),
              static_cast<std::int64_t>(counts.acknowledged_calls.size()));
    EXPECT_THAT(account.differences(kHooks, kMore), IsEmpty());
}

TEST(CallKeeperHooks, SomeOfThemBetweenLoads) {
    Account account(calls(200, 6, 0.2));
    account.callkeeper().advance(-std::chrono::hours(72));
    for (int i = 0; i < 3; ++i) {
        account.receive({.order = i == 1 ? "reversed" : "right", .share = 0.6});
        account.take_hooks();
        account.load_all();
        ASSERT_THAT(account.differences(kBoth, kMore), IsEmpty()) << "round " << i;
        account.callkeeper().advance(std::chrono::hours(24));
    }
}

TEST(CallKeeperHooks, CallsAreAskedAgainUntilTheySettle) {
    Account account(calls(600, 4));
    account.load_all();
    const auto waiting = "SELECT count(*) FROM callkeeper_calls WHERE _settled_at IS NULL";
    const auto before = account.count(waiting);
    EXPECT_GT(before, 5);
    EXPECT_EQ(account.callkeeper().stats().requests.count("getCallInfo"), 0U);
    for (const auto pause :
         {std::chrono::minutes(2), std::chrono::minutes(10), std::chrono::minutes(60),
          std::chrono::minutes(180), std::chrono::minutes(1500)}) {
        account.callkeeper().advance(pause);
        account.run({});
    }
    EXPECT_GT(account.callkeeper().stats().requests.at("getCallInfo"), 5U);
    EXPECT_LT(account.count(waiting), before);
    // The days whose calls were all there at the first load.
    EXPECT_THAT(account.differences({.to = "2024-01-02"}, kMore), IsEmpty());
}

// Calls of about the same time that are due together cost one request.
TEST(CallKeeperHooks, CallsOfOneHourAreAskedForTogether) {
    Account account(calls(5'000, 2));
    account.load_all();
    const auto waiting = account.count(
        "SELECT count(*) FROM callkeeper_calls WHERE _settled_at IS NULL AND status_code = 1");
    ASSERT_GT(waiting, 10);
    account.callkeeper().advance(std::chrono::minutes(2));
    account.callkeeper().reset_stats();
    account.run({});
    auto requests = account.callkeeper().stats().requests;
    EXPECT_GT(requests["getCallsInfo"], 0U);
    EXPECT_LT(requests["getCallsInfo"] + requests["getCallInfo"],
              static_cast<std::uint64_t>(waiting));
    account.load_all();
    EXPECT_THAT(account.differences({}, kMore), IsEmpty());
}

}  // namespace
}  // namespace ringtail::test
