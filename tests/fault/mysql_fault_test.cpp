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

}  // namespace
}  // namespace ringtail::fault
