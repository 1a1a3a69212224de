#include "base/turns.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace ringtail {
namespace {

using namespace std::chrono_literals;

void wait_for_waiters(Turns& turns, std::size_t number) {
    while (turns.waiting() < number) std::this_thread::yield();
}

TEST(Turns, WhoHasWaitedLongestIsNext) {
    Turns turns(1);
    std::vector<int> order;  // written by who has the turn
    std::vector<std::jthread> threads;
    {
        ASSERT_TRUE(turns.enter({}));
        const Turns::Turn first(turns);
        for (int i = 0; i < 5; ++i) {
            threads.emplace_back([&, i] {
                ASSERT_TRUE(turns.enter({}));
                const Turns::Turn turn(turns);
                order.push_back(i);
            });
            wait_for_waiters(turns, static_cast<std::size_t>(i) + 1);
        }
    }
    threads.clear();
    EXPECT_EQ(order, (std::vector{0, 1, 2, 3, 4}));
}

TEST(Turns, AStopAndTheEndOfPatienceEndTheWaiting) {
    Turns turns(1);
    ASSERT_TRUE(turns.enter({}));
    {
        const Turns::Turn mine(turns);
        EXPECT_FALSE(turns.enter({}, 1ms));
        std::stop_source stop;
        std::jthread other([&] { EXPECT_FALSE(turns.enter(stop.get_token())); });
        wait_for_waiters(turns, 1);
        stop.request_stop();
        other.join();
        EXPECT_EQ(turns.waiting(), 0U);
    }
    EXPECT_TRUE(turns.enter({}, 1ms)) << "who gave up has no place";
}

TEST(Turns, AsManyAsThereArePlacesGoAtOnce) {
    Turns turns(2);
    ASSERT_TRUE(turns.enter({}));
    ASSERT_TRUE(turns.enter({}));
    EXPECT_FALSE(turns.enter({}, 1ms));
    { const Turns::Turn first(turns); }
    EXPECT_TRUE(turns.enter({}, 1ms));
}

}  // namespace
}  // namespace ringtail
