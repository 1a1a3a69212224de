#include "control/inbox_position.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace ringtail::control {
namespace {

// An inbox and a destination made of sets, and a reader between them that may be interrupted.
class World {
  public:
    void append(std::uint64_t hooks) {
        // Numbers grow, with gaps: other sources take some.
        for (; hooks > 0; --hooks) waiting_.insert(last_ += 1 + last_ % 3);
        newest_ = last_;
    }

    // Reads a page of at most `limit` hooks from where the reader is.
    void take(std::size_t limit) {
        const bool ranged = reader_.has_range();
        const auto behind = static_cast<std::uint64_t>(
            std::distance(waiting_.upper_bound(reader_.below), waiting_.end()));
        const bool has_fresh = ranged && waiting_.upper_bound(reader_.to) != waiting_.end();
        const InboxPlan plan = plan_page(reader_, ranged ? 0 : behind, has_fresh, turn_++);
        std::vector<std::int64_t> page(waiting_.upper_bound(plan.above),
                                       waiting_.lower_bound(plan.below));
        const bool is_all = page.size() <= limit;
        if (!is_all && plan.part == InboxPlan::Part::newest)
            page.erase(page.begin(), page.end() - static_cast<std::ptrdiff_t>(limit));
        else if (!is_all)
            page.resize(limit);
        read_.insert(page.begin(), page.end());
        reader_ = after_page(reader_, plan,
                             page.empty() ? InboxPageSpan{0, 0, is_all}
                                          : InboxPageSpan{page.front(), page.back(), is_all});
    }

    // The pages read so far are stored with the position after them.
    void load() {
        loaded_.insert(read_.begin(), read_.end());
        read_.clear();
        stored_ = reader_;
        for (const std::int64_t number : waiting_) {
            ASSERT_TRUE(!stored_.covers(number) || loaded_.contains(number))
                << "covered, never loaded: " << number;
        }
    }

    void drop() {
        std::erase_if(waiting_, [&](std::int64_t number) { return stored_.covers(number); });
    }

    void crash() {
        read_.clear();
        reader_ = stored_;
        turn_ = 0;
    }

    bool is_done() const {
        return std::ranges::all_of(waiting_, [&](auto number) { return reader_.covers(number); });
    }
    bool newest_is_read() const { return reader_.covers(newest_); }
    std::size_t loaded() const { return loaded_.size(); }

  private:
    std::set<std::int64_t> waiting_, read_, loaded_;
    InboxPosition reader_, stored_;
    std::uint64_t turn_ = 0;
    std::int64_t last_ = 1'000'000, newest_ = 0;
};

TEST(InboxPosition, WhateverHappensEveryHookIsLoadedAndNoneIsDroppedBefore) {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937 random(seed);
        const auto up_to = [&](unsigned most) {
            return std::uniform_int_distribution<unsigned>(0, most)(random);
        };
        const unsigned burst = seed % 6 == 0 ? 6'000 : 300;
        World world;
        std::size_t appended = 0;
        for (int step = 0; step < 100; ++step) {
            switch (up_to(9)) {
                case 0:
                case 1: {
                    const unsigned hooks = up_to(burst);
                    world.append(hooks);
                    appended += hooks;
                    break;
                }
                case 2:
                    world.crash();
                    break;
                case 3:
                    world.drop();
                    break;
                case 4:
                case 5:
                    world.load();
                    break;
                default:
                    world.take(1 + up_to(999));
            }
            if (HasFatalFailure()) return;
        }
        for (int page = 0; !world.is_done(); ++page) {
            ASSERT_LT(page, 5'000'000) << "it never ends";
            world.take(500);
        }
        world.load();
        ASSERT_EQ(world.loaded(), appended);
    }
}

TEST(InboxPosition, ABacklogsNewestIsReadWithTheFirstPageAndNewOnesWithinTwo) {
    World world;
    world.append(50'000);
    world.take(500);
    EXPECT_TRUE(world.newest_is_read());
    for (int round = 0; round < 20; ++round) {
        world.append(100);
        world.take(500);
        if (!world.newest_is_read()) world.take(500);
        ASSERT_TRUE(world.newest_is_read()) << round;
    }
}

TEST(InboxPosition, AShortQueueIsReadInOrder) {
    const InboxPlan plan = plan_page({.below = 7}, kInboxBacklog, false, 0);
    EXPECT_EQ(plan.part, InboxPlan::Part::oldest);
    EXPECT_EQ(plan.above, 7);
    EXPECT_EQ(plan_page({.below = 7}, kInboxBacklog + 1, false, 0).part, InboxPlan::Part::newest);
}

TEST(InboxPosition, TheGapClosesToOnePosition) {
    const InboxPosition position{.below = 10, .from = 90, .to = 120};
    const InboxPlan rest = plan_page(position, 0, true, 1);
    ASSERT_EQ(rest.part, InboxPlan::Part::rest);
    EXPECT_EQ(rest.above, 10);
    EXPECT_EQ(rest.below, 90);
    EXPECT_EQ(after_page(position, rest, {11, 60, false}),
              (InboxPosition{.below = 60, .from = 90, .to = 120}));
    EXPECT_EQ(after_page(position, rest, {11, 89, true}), (InboxPosition{.below = 120}));
    EXPECT_EQ(after_page(position, rest, {0, 0, true}), (InboxPosition{.below = 120}));
}

}  // namespace
}  // namespace ringtail::control
