// The real program while its ClickHouse goes away: the tables equal the truth afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/following.hpp"
#include "fault/scene.hpp"
#include "support/clickhouse_server.hpp"
#include "support/tcp_gate.hpp"

namespace ringtail::fault {
namespace {

using test::Direction;
using test::Moment;
using ::testing::IsEmpty;

std::string through(const test::TcpGate& gate, std::string url) {
    const std::string port = ":" + std::to_string(test::ClickHouseServer::shared().port()) + "/";
    url.replace(url.find(port), port.size(), ":" + std::to_string(gate.port()) + "/");
    return url;
}

class CutClickHouse : public ::testing::TestWithParam<Moment> {};

TEST_P(CutClickHouse, TheLoadIsRepeatedAndNothingIsDoubled) {
    for (const char* table :
         {"`df_transactions`", "`ringtail_checkpoints`", "`ringtail_rejects`"}) {
        SCOPED_TRACE(table);
        Scene scene(DatabaseKind::clickhouse, odd_campaign(300));
        test::TcpGate gate(static_cast<std::uint16_t>(test::ClickHouseServer::shared().port()));
        auto words = scene.sync({"--once", "--rows-per-load", "1000"});
        for (std::string& word : words) {
            if (word == scene.database().url()) word = through(gate, word);
        }
        gate.cut_at(Direction::to_server, std::string(".") + table + " (", GetParam(), 2);
        const auto done = test::run(words);
        EXPECT_EQ(gate.cuts(), 1U) << "nothing was cut";
        EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
        EXPECT_THAT(scene.differences(), IsEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Moments, CutClickHouse,
                         ::testing::Values(Moment::before, Moment::after, Moment::answered));

TEST(ClickHouseFault, AServerThatIsKilledAndStartedDuringALoad) {
    Scene scene(DatabaseKind::clickhouse, odd_campaign(3000));
    scene.campaign().set_latency(std::chrono::milliseconds(20));
    auto process = scene.start({"--once", "--rows-per-load", "2000"});
    while (scene.campaign().stats().contacts_sent < 800) {
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->err_so_far();
    }
    test::ClickHouseServer::shared().kill();
    test::ClickHouseServer::shared().start();
    const auto done = process->wait();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

// A user drops a column and tables under the running program: it goes on.
TEST(ClickHouseFault, WhatTheUserDropsIsMadeAndFilledAgain) {
    sim::Options options;
    options.contacts = 120;
    options.odd = 0;
    options.gone = 0;
    Scene scene(DatabaseKind::clickhouse, options);
    Following program(scene);
    ASSERT_TRUE(program.reaches_truth()) << program.state();
    scene.database().drop("df_transactions");
    scene.database().drop("df_inbound_calls");
    scene.campaign().change(5);
    EXPECT_TRUE(program.reaches_truth()) << program.state();
    scene.database().run("ALTER TABLE df_contacts DROP COLUMN `Firma`");
    scene.campaign().change(20, {"contact", "edit"});
    EXPECT_TRUE(program.stores_all_contacts()) << program.state();
    EXPECT_EQ(program.stop().code, 0);
}

// More fields than a table gets columns; and a second campaign's worth of live changes.
TEST(ClickHouseFault, FourHundredFieldsAndLiveChanges) {
    auto options = odd_campaign(200);
    options.fields = 400;
    Scene scene(DatabaseKind::clickhouse, options);
    EXPECT_EQ(scene.run().code, kDoneWithRejects);
    EXPECT_THAT(scene.differences(), IsEmpty());
    scene.campaign().change(100);
    scene.campaign().add_field("Neues Feld");
    scene.campaign().change(50);
    const auto done = scene.run({"--once", "--custom-columns", "400"});
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    sim::TruthOptions truth;
    truth.custom_columns = 400;
    EXPECT_THAT(scene.differences(truth), IsEmpty());
}

}  // namespace
}  // namespace ringtail::fault
