// The real program while its MariaDB goes away: the tables equal the truth afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/scene.hpp"
#include "support/mariadb_server.hpp"
#include "support/tcp_gate.hpp"

namespace ringtail::fault {
namespace {

using test::Direction;
using test::MariadbServer;
using test::Moment;
using ::testing::IsEmpty;

constexpr int kDoneWithRejects = 3;

std::string through(const test::TcpGate& gate, std::string url) {
    const std::string port = ":" + std::to_string(MariadbServer::shared().port()) + "/";
    url.replace(url.find(port), port.size(), ":" + std::to_string(gate.port()) + "/");
    return url + "?useSSL=false";
}

class MysqlCutCommit : public ::testing::TestWithParam<Moment> {};

TEST_P(MysqlCutCommit, TheLoadIsRepeatedAndNothingIsDoubled) {
    Scene scene(DatabaseKind::mysql, odd_campaign(600));
    test::TcpGate gate(static_cast<std::uint16_t>(MariadbServer::shared().port()));
    auto words = scene.sync({"--once", "--rows-per-load", "1000"});
    for (std::string& word : words) {
        if (word == scene.database().url()) word = through(gate, word);
    }
    gate.cut_at(Direction::to_server, "COMMIT", GetParam(), 2);
    const auto done = test::run(words);
    EXPECT_EQ(gate.cuts(), 1U) << "nothing was cut";
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Moments, MysqlCutCommit,
                         ::testing::Values(Moment::before, Moment::after, Moment::answered));

TEST(MysqlFault, AServerThatIsStoppedAndStartedDuringALoad) {
    Scene scene(DatabaseKind::mysql, odd_campaign(3000));
    scene.campaign().set_latency(std::chrono::milliseconds(20));
    auto process = scene.start({"--once", "--rows-per-load", "2000"});
    while (scene.campaign().stats().contacts_sent < 800) {
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->err_so_far();
    }
    MariadbServer::shared().stop_immediate();
    MariadbServer::shared().start();
    const auto done = process->wait();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

// More fields than a row has room for: 150 are columns, the others stand in _extra.
TEST(MysqlFault, FourHundredCustomFields) {
    sim::Options options = odd_campaign(150);
    options.fields = 400;
    Scene scene(DatabaseKind::mysql, options);
    const auto done = scene.run({"--once"});
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

// Two campaigns, two programs, the same tables at the same time.
TEST(MysqlFault, TwoCampaignsIntoTheSameTables) {
    Scene scene(DatabaseKind::mysql, odd_campaign(600));
    sim::Options options = odd_campaign(600);
    options.campaign = "SECOND";
    options.seed = 2;
    Scene other(DatabaseKind::sqlite, options);
    Words words = other.sync({"--once", "--rows-per-load", "300"});
    for (std::string& word : words) {
        if (word == other.database().url()) word = scene.database().url();
    }
    auto first = scene.start({"--once", "--rows-per-load", "300"});
    test::Process second(words);
    const auto first_done = first->wait(), second_done = second.wait();
    EXPECT_EQ(first_done.code, kDoneWithRejects) << first_done.out << first_done.err;
    EXPECT_EQ(second_done.code, kDoneWithRejects) << second_done.out << second_done.err;
    // Each row of either campaign is there; those of the other one are no part of its truth.
    for (Scene* one : {&scene, &other}) {
        if (one == &other) other.swap_databases(scene);
        for (const std::string& difference : one->differences())
            EXPECT_THAT(difference, ::testing::EndsWith("is not in the truth"));
    }
}

}  // namespace
}  // namespace ringtail::fault
