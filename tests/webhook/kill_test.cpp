// kill -9 at every named place of a delivery and at random instants: nothing is missing, nothing is
// new under two ids, each contact's order is kept.
#include <gmock/gmock.h>

#include <csignal>
#include <random>

#include "webhook/scene.hpp"

namespace ringtail::webhook {
namespace {

using ::testing::IsEmpty;

const Words kAll{"--once", "--since", "2000-01-01", "--rows-per-load", "200"};

TEST(Kill, AtEveryNamedPlace) {
    for (const char* place : {"commit_sent", "enqueued", "taken", "sent", "answered", "marked"}) {
        for (const char* passing : {"1", "4"}) {
            const std::string failpoint = std::string(place) + ":" + passing;
            SCOPED_TRACE(failpoint);
            Scene scene(150);
            const auto killed = scene.run(kAll, {{"RINGTAIL_FAILPOINT", failpoint}});
            EXPECT_EQ(killed.signal, SIGKILL) << killed.out << killed.err;
            const auto done = scene.run(kAll);
            EXPECT_EQ(done.code, 0) << done.out << done.err;
            EXPECT_THAT(scene.mistakes(), IsEmpty());
        }
    }
}

TEST(Kill, AtRandomInstants) {
    constexpr unsigned kSeed = 20240305;
    constexpr int kKills = 50;
    std::mt19937 random(kSeed);
    Scene scene(400);
    scene.campaign().set_latency(std::chrono::milliseconds(20));
    int killed = 0;
    for (int i = 0; i < kKills; ++i) {
        scene.change(60);
        auto process = scene.start(kAll);
        const std::chrono::milliseconds life(std::uniform_int_distribution<int>(20, 250)(random));
        if (process->ended_within(life)) continue;
        process->send(SIGKILL);
        if (process->wait().signal == SIGKILL) ++killed;
    }
    EXPECT_GT(killed, kKills / 2) << "seed " << kSeed;
    const auto done = scene.run(kAll);
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene.mistakes(), IsEmpty()) << "seed " << kSeed;
}

}  // namespace
}  // namespace ringtail::webhook
