// What has been answered cannot be stored: the disk is full.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <iostream>

#include "base/error.hpp"
#include "delivery/dispatcher.hpp"
#include "fake_receiver.hpp"
#include "outbox_fixture.hpp"
#include "support/small_disk.hpp"

namespace ringtail::delivery {
namespace {

using namespace std::chrono_literals;

// Takes all the room there is.
void fill(const std::string& file) {
    std::ofstream out(file, std::ios::binary);
    const std::string piece(4'096, 'x');
    while (out << piece << std::flush) {
    }
}

TEST(DiskFull, NoMoreIsSentThanCanBeStoredAndNothingTwice) {
    const test::TemporaryFolder folder;
    const test::SmallDisk disk(folder.path() + "/small", "8m");
    if (!disk.is_there()) {
        std::cout << "NOT RUN: mounting a tmpfs needs root and CAP_SYS_ADMIN\n";
        GTEST_SKIP() << "mounting a tmpfs needs root and CAP_SYS_ADMIN";
    }
    FakeClock clock;
    OutboxFixture fixture(folder.path() + "/small/outbox.db");
    for (int i = 0; i < 100; ++i) fixture.queue(i, "C" + std::to_string(i), "1", clock.now());
    FakeReceiver receiver([](auto&, Instant) { return 200; });
    DispatchOptions options;
    options.rate = 0;
    options.in_flight = 4;
    const auto log = make_null_logger();
    Dispatcher dispatcher(fixture.outbox(), receiver, options, clock, *log);

    fill(folder.path() + "/small/ballast");
    int failed = 0;
    for (int i = 0; i < 50; ++i, clock.set(clock.now() + 1s)) {
        try {
            dispatcher.step();
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::transient) << error.what();
            EXPECT_THAT(error.what(), ::testing::HasSubstr("full"));
            ++failed;
        }
    }
    EXPECT_GT(failed, 40);
    EXPECT_LE(receiver.attempts, 8);  // those under way, and those answered and not stored
    EXPECT_EQ(fixture.outbox().counts().done, 0U);

    std::filesystem::remove(folder.path() + "/small/ballast");
    while (!dispatcher.is_drained()) clock.set(std::max(dispatcher.step(), clock.now() + 1us));
    EXPECT_EQ(receiver.attempts, 100);
    EXPECT_EQ(fixture.outbox().counts().done, 100U);
}

}  // namespace
}  // namespace ringtail::delivery
