#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "base/error.hpp"
#include "callkeeper_odd.hpp"
#include "callkeeper_plan.hpp"
#include "callkeeper_readings.hpp"

namespace ringtail::test {
namespace {

using sim::CallBook;
using sim::CallKeeperOptions;
using sim::CallPlan;

CallKeeperOptions of(std::uint32_t per_day, std::uint32_t days, double odd = 0.05) {
    CallKeeperOptions options;
    options.calls_per_day = per_day;
    options.days = days;
    options.odd = odd;
    return options;
}

TEST(SimCallKeeperData, DatesRiseAndAreFoundAgain) {
    for (const std::uint32_t per_day : {1U, 15U, 16U, 500U, 65'000U}) {
        const CallBook book(of(per_day, 2));
        std::int64_t before = book.first_second();
        std::uint64_t first_of_second = 0;
        for (std::uint64_t index = 0; index < book.size(); ++index) {
            const std::int64_t date = book.date_of(index);
            ASSERT_GE(date, before) << per_day << " " << index;
            if (date != before) first_of_second = index;
            ASSERT_EQ(book.first_from(date), first_of_second) << per_day << " " << index;
            before = date;
        }
        EXPECT_LT(before, book.first_second() + 172'800);
        EXPECT_EQ(book.first_from(before + 1), book.size());
    }
}

TEST(SimCallKeeperData, CallsStandExactlyAtTheBoundsOfDays) {
    const CallBook book(of(300, 3));
    std::multiset<std::int64_t> seconds;
    for (std::uint64_t index = 0; index < book.size(); ++index)
        seconds.insert(book.date_of(index) - book.first_second());
    for (const std::int64_t day : {0, 1, 2}) {
        EXPECT_EQ(seconds.count(day * 86'400), 2U);
        EXPECT_GE(seconds.count(day * 86'400 + 86'399), 1U);
        EXPECT_GE(seconds.count(day * 86'400 + 75'600), 2U) << "midnight in Moscow";
        EXPECT_GE(seconds.count(day * 86'400 + 75'599), 1U);
    }
}

TEST(SimCallKeeperData, HasAllStatusPairsRetriesWaysToSettleAndOddKinds) {
    const CallBook book(of(2000, 2));
    std::set<std::pair<int, int>> pairs;
    std::map<unsigned, unsigned> attempts;
    std::set<CallPlan::Life> lives;
    std::uint32_t odd = 0;
    for (std::uint64_t index = 0; index < book.size(); ++index) {
        const CallPlan plan = book.plan(index);
        pairs.emplace(plan.status, plan.status2);
        ++attempts[plan.attempt];
        lives.insert(plan.life);
        odd |= plan.odd;
        ASSERT_EQ(book.find(plan.id), index);
        ASSERT_TRUE(plan.date <= plan.begins && plan.begins < plan.over &&
                    plan.over <= plan.settles);
        ASSERT_EQ(plan.talk > 0, plan.status == 200 && plan.status2 == 200);
        ASSERT_GE(plan.duration, plan.talk);
    }
    EXPECT_EQ(pairs.size(), sim::status_pairs().size());
    EXPECT_GT(attempts[2], 20U);
    EXPECT_GT(attempts[3], 0U);
    EXPECT_EQ(lives.size(), 4U);
    EXPECT_EQ(odd, (1U << static_cast<unsigned>(sim::CallOdd::count)) - 1);
    EXPECT_EQ(book.find(1), std::nullopt);
    EXPECT_EQ(book.find(book.plan(0).id + 2000), std::nullopt) << "beyond the day's calls";
}

TEST(SimCallKeeperData, ARetryIsTheSameVisitor) {
    const CallBook book(of(2000, 1));
    std::map<std::uint64_t, std::set<unsigned>> attempts;
    for (std::uint64_t index = 0; index < book.size(); ++index)
        attempts[book.plan(index).visitor].insert(book.plan(index).attempt);
    std::size_t chains = 0;
    for (const auto& [visitor, numbers] : attempts) {
        if (*numbers.begin() == 1 && numbers.contains(2)) ++chains;
    }
    EXPECT_GT(chains, 20U);
}

TEST(SimCallKeeperData, SameSeedSameCalls) {
    auto options = of(100, 2);
    const CallBook one(options), again(options);
    options.seed = 2;
    const CallBook other(options);
    EXPECT_EQ(one.plan(77).dice, again.plan(77).dice);
    EXPECT_NE(one.plan(77).dice, other.plan(77).dice);
}

TEST(SimCallKeeperData, ChangesAndRemovals) {
    CallBook book(of(100, 2));
    book.change(40, 100);
    book.remove(10, 50);
    unsigned versions = 0, removed = 0;
    for (std::uint64_t index = 0; index < book.size(); ++index) {
        versions += book.plan(index).version;
        removed += book.is_removed(index) ? 1U : 0U;
        EXPECT_TRUE(index < 100 || book.plan(index).version == 0);
    }
    EXPECT_EQ(versions, 40U);
    EXPECT_EQ(removed, 10U);
}

TEST(SimCallKeeperData, ZonesOfItsOwn) {
    constexpr std::int64_t kSummer = 1'720'000'000, kWinter = 1'705'000'000;
    EXPECT_EQ(sim::zone_offset("Europe/Moscow", kWinter), 10'800);
    EXPECT_EQ(sim::zone_offset("Europe/Berlin", kWinter), 3600);
    EXPECT_EQ(sim::zone_offset("Europe/Berlin", kSummer), 7200);
    EXPECT_EQ(sim::zone_offset("UTC-05:30", kSummer), -19'800);
    EXPECT_EQ(sim::zone_offset("Mars/Olympus", kSummer), std::nullopt);
    // 2024-03-31 in Berlin: 01:59:59 is winter, 03:00:00 summer, and the next second.
    constexpr std::int64_t kGap = 1'711'846'800;  // 01:00:00 UTC
    EXPECT_EQ(sim::zone_second("Europe/Berlin", kGap - 1 + 3600), kGap - 1);
    EXPECT_EQ(sim::zone_second("Europe/Berlin", kGap + 7200), kGap);
}

TEST(SimCallKeeperData, WrongOptionsSayWhatIsAllowed) {
    EXPECT_THROW(CallBook(of(0, 1)), Error);
    EXPECT_THROW(CallBook(of(65'001, 1)), Error);
    EXPECT_THROW(CallBook(of(1, 0)), Error);
    EXPECT_THROW(CallBook(of(1, 1, 1.5)), Error);
    auto options = of(1, 1);
    options.first_day = "2024-02-30";
    EXPECT_THROW(CallBook{options}, Error);
}

}  // namespace
}  // namespace ringtail::test
