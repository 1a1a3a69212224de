#include "base/bounded_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>
#include <vector>

namespace ringtail {
namespace {

using std::chrono::milliseconds;

TEST(BoundedQueue, FirstInFirstOut) {
    BoundedQueue<std::unique_ptr<int>> queue(3);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.push(std::make_unique<int>(i), {}));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(**queue.pop({}), i);
}

TEST(BoundedQueue, ClosedItStillGivesWhatIsInside) {
    BoundedQueue<int> queue(3);
    queue.push(1, {});
    queue.close();
    EXPECT_FALSE(queue.push(2, {}));
    EXPECT_EQ(queue.pop({}), 1);
    EXPECT_EQ(queue.pop({}), std::nullopt);
}

TEST(BoundedQueue, NeverHoldsMoreThanItsCapacity) {
    constexpr int kItems = 2000;
    BoundedQueue<int> queue(2);
    std::atomic<int> pushed{0}, popped{0};
    std::jthread producer([&] {
        for (int i = 0; i < kItems; ++i) {
            EXPECT_TRUE(queue.push(i, {}));
            // One more may be out already without being counted as popped.
            EXPECT_LE(++pushed - popped.load(), 2 + 1);
        }
        queue.close();
    });
    int wanted = 0;
    while (const auto item = queue.pop({})) {
        ++popped;
        EXPECT_EQ(*item, wanted++);
    }
    EXPECT_EQ(wanted, kItems);
}

TEST(BoundedQueue, ManyThreadsLoseNothing) {
    constexpr int kThreads = 3, kItems = 1000;
    BoundedQueue<int> queue(4);
    std::atomic<long> sum{0};
    std::vector<std::jthread> consumers;
    for (int t = 0; t < kThreads; ++t) {
        consumers.emplace_back([&] {
            while (const auto item = queue.pop({})) sum += *item;
        });
    }
    {
        std::vector<std::jthread> producers;
        for (int t = 0; t < kThreads; ++t) {
            producers.emplace_back([&] {
                for (int i = 1; i <= kItems; ++i) queue.push(i, {});
            });
        }
    }
    queue.close();
    consumers.clear();
    EXPECT_EQ(sum, long{kThreads} * kItems * (kItems + 1) / 2);
}

// Whether the other thread waits already when the stop or the close comes is left open on purpose:
// both must end it.
TEST(BoundedQueue, StopEndsWaiting) {
    for (int round = 0; round < 50; ++round) {
        BoundedQueue<int> full(1), empty(1);
        full.push(1, {});
        std::stop_source source;
        std::latch started(2);
        std::jthread producer([&] {
            started.count_down();
            EXPECT_FALSE(full.push(2, source.get_token()));
        });
        std::jthread consumer([&] {
            started.count_down();
            EXPECT_EQ(empty.pop(source.get_token()), std::nullopt);
        });
        started.wait();
        source.request_stop();
        producer.join();
        consumer.join();
        EXPECT_EQ(full.pop({}), 1);
    }
}

TEST(BoundedQueue, CloseEndsWaiting) {
    for (int round = 0; round < 50; ++round) {
        BoundedQueue<int> full(1), empty(1);
        full.push(1, {});
        std::jthread producer([&] { EXPECT_FALSE(full.push(2, {})); });
        std::jthread consumer([&] { EXPECT_EQ(empty.pop({}), std::nullopt); });
        full.close();
        empty.close();
    }
}

TEST(BoundedQueue, StoppedItGivesAndTakesNothing) {
    BoundedQueue<int> queue(2);
    queue.push(1, {});
    std::stop_source source;
    source.request_stop();
    EXPECT_FALSE(queue.push(2, source.get_token()));
    EXPECT_EQ(queue.pop(source.get_token()), std::nullopt);
    EXPECT_EQ(queue.pop({}), 1);
}

TEST(BoundedQueue, WaitReady) {
    BoundedQueue<int> queue(1);
    EXPECT_FALSE(queue.wait_ready(milliseconds(0), {}));
    std::stop_source source;
    source.request_stop();
    EXPECT_TRUE(queue.wait_ready(std::chrono::hours(1), source.get_token()));
    std::jthread producer([&] { queue.push(1, {}); });
    EXPECT_TRUE(queue.wait_ready(std::chrono::hours(1), {}));
    queue.pop({});
    queue.close();
    EXPECT_TRUE(queue.wait_ready(std::chrono::hours(1), {}));
}

}  // namespace
}  // namespace ringtail
