// kill -9 at every named place and at random instants: after the next start the tables equal the
// truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <random>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;

class Kill : public ::testing::TestWithParam<DatabaseKind> {};

TEST_P(Kill, AtEveryNamedFailpoint) {
    for (const char* place : {"checkpoint_read", "page_read", "decoded", "stage_sent", "merge_done",
                              "commit_sent", "commit_done"}) {
        for (const char* passing : {"1", "3"}) {
            SCOPED_TRACE(std::string(place) + ":" + passing);
            Scene scene(GetParam(), odd_campaign(400));
            const Words small_loads{"--once", "--rows-per-load", "500"};
            const auto killed = scene.run(
                small_loads, {{"RINGTAIL_FAILPOINT", std::string(place) + ":" + passing}});
            const bool passed_once =
                std::string(place) == "checkpoint_read" && std::string(passing) == "3";
            EXPECT_EQ(killed.signal, passed_once ? 0 : SIGKILL) << killed.err;
            const auto done = scene.run(small_loads);
            EXPECT_THAT(done.code, AnyOf(0, kDoneWithRejects)) << done.out << done.err;
            EXPECT_THAT(scene.differences(), IsEmpty());
        }
    }
}

TEST_P(Kill, AtRandomInstants) {
    constexpr unsigned kSeed = 20240305;
    constexpr int kKills = 50;
    std::mt19937 random(kSeed);
    Scene scene(GetParam(), odd_campaign(3000));
    scene.campaign().set_latency(std::chrono::milliseconds(20));
    int killed = 0;
    for (int i = 0; i < kKills; ++i) {
        // Changes between the starts keep the work going.
        scene.campaign().change(200);
        auto process = scene.start({"--once", "--rows-per-load", "2000", "--full"});
        const std::chrono::milliseconds life(std::uniform_int_distribution<int>(20, 500)(random));
        if (process->ended_within(life)) continue;
        process->send(SIGKILL);
        if (process->wait().signal == SIGKILL) ++killed;
    }
    EXPECT_GT(killed, kKills / 2) << "seed " << kSeed;
    const auto done = scene.run();
    EXPECT_THAT(done.code, AnyOf(0, kDoneWithRejects)) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty()) << "seed " << kSeed;
}

TEST_P(Kill, SigtermInMidLoadEndsSoonAndLosesNothing) {
    Scene scene(GetParam(), odd_campaign(5000));
    scene.campaign().set_latency(std::chrono::milliseconds(50));
    auto process = scene.start();
    while (scene.campaign().stats().contacts_sent < 500) {
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->err_so_far();
    }
    process->send(SIGTERM);
    const auto stopped = process->wait(std::chrono::seconds(10));
    EXPECT_EQ(stopped.code, 1) << stopped.err;  // --once was not done
    EXPECT_THAT(stopped.out + stopped.err, ::testing::HasSubstr("Run again"));
    scene.campaign().set_latency(std::chrono::milliseconds(0));
    EXPECT_EQ(scene.run().code, kDoneWithRejects);
    EXPECT_THAT(scene.differences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Databases, Kill, ::testing::ValuesIn(every_database()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace ringtail::fault
