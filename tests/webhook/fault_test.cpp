// A receiver that misbehaves, one that is down, and a full disk.
#include <gmock/gmock.h>

#include <csignal>
#include <iostream>
#include <set>

#include "support/small_disk.hpp"
#include "webhook/scene.hpp"

namespace ringtail::webhook {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const Words kQuick{"--once",       "--since",           "2000-01-01",
                   "--retry-plan", "20ms,50ms",         "--attempts",
                   "1000",         "--attempt-timeout", "1s"};

class Misbehaves : public ::testing::TestWithParam<const char*> {};

TEST_P(Misbehaves, AndNothingIsLostOrComesUnderTwoIds) {
    Scene scene(20);
    sim::PostFault fault;
    fault.kind = GetParam();
    fault.count = 3;  // fewer in a row than make the breaker open
    if (fault.kind == "429") fault.retry_after = 1;
    if (fault.kind == "302") fault.location = scene.receiver().url("/elsewhere");
    scene.receiver().add_fault(fault);
    const auto done = scene.run(kQuick);
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene.mistakes(), IsEmpty());
    std::size_t struck = 0;
    std::map<std::string, std::set<std::string>> by_id;
    for (const auto& post : scene.receiver().posts()) {
        EXPECT_EQ(post.method, "POST");
        EXPECT_EQ(post.target, "/api/transactions/");
        struck += post.answered == fault.kind ? 1 : 0;
        by_id[std::string(*post.header("idempotency-key"))].insert(post.answered);
    }
    EXPECT_EQ(struck, 3U);
    const bool counts = fault.kind == "slow" || fault.kind == "huge";
    for (const auto& [id, answers] : by_id)
        EXPECT_TRUE(counts || answers.contains("200")) << id << " was taken for delivered";
}

INSTANTIATE_TEST_SUITE_P(Receiver, Misbehaves,
                         ::testing::Values("500", "503", "429", "404", "401", "302", "307", "close",
                                           "cut", "hang", "slow", "huge"),
                         [](const auto& one) { return "As" + std::string(one.param); });

TEST(Fault, WhatIsRefusedForEverBecomesADeadLetterAndTheRestArrives) {
    Scene scene(20);
    std::string victim;
    scene.campaign().truth("transactions", {}, [&](std::string_view row) {
        const auto at = row.find("\"contact_id\":\"") + 14;
        if (victim.empty()) victim = row.substr(at, row.find('"', at) - at);
    });
    scene.receiver().add_fault({"422", 0, "\"$id\":\"" + victim + "\""});
    const auto done = scene.run(kQuick);
    EXPECT_EQ(done.code, 3) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr("dead letters"));
    const int dead =
        std::stoi(scene.outbox_value("SELECT count(*) FROM deliveries WHERE status=3"));
    EXPECT_GT(dead, 0);
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM deliveries WHERE status < 2"), "0");
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM delivery_attempts WHERE status = 422 AND "
                                 "answer LIKE 'no, says%'"),
              std::to_string(3 * dead));
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM delivery_bodies b JOIN deliveries d ON "
                                 "d.number = b.delivery WHERE d.status = 3"),
              std::to_string(dead));
}

TEST(Fault, TooManyAttemptsMakeADeadLetter) {
    Scene scene(20);
    std::string fired;
    scene.campaign().truth("transactions", {}, [&](std::string_view row) {
        const auto at = row.find("\"fired\":\"");
        if (fired.empty()) fired = row.substr(at, row.find('"', at + 9) + 1 - at);
    });
    scene.receiver().add_fault({"500", 0, fired});
    const auto done =
        scene.run({"--once", "--since", "2000-01-01", "--retry-plan", "10ms", "--attempts", "4"});
    EXPECT_EQ(done.code, 3) << done.out << done.err;
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM deliveries WHERE status = 3"), "1");
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM delivery_attempts WHERE status = 500"), "4");
}

TEST(Fault, OnceEndsWhenTheReceiverSaysLaterWithoutEnd) {
    Scene scene(5);
    sim::PostFault fault{"503"};
    fault.retry_after = 0;  // taken for a second
    scene.receiver().add_fault(fault);
    const auto done = scene.run(kQuick);
    EXPECT_EQ(done.code, 1) << done.out;
    EXPECT_THAT(done.err, HasSubstr("10 times in a row"));
    EXPECT_THAT(done.err, HasSubstr("what is owed is kept"));
    scene.receiver().clear_faults();
    EXPECT_EQ(scene.run(kQuick).code, 0);
    EXPECT_THAT(scene.mistakes(), IsEmpty());
}

TEST(Fault, GoneEndsTheStreamAndKeepsWhatIsOwed) {
    Scene scene(10);
    scene.receiver().add_fault({"410"});
    const auto done = scene.run(kQuick);
    EXPECT_EQ(done.code, 2) << done.out;
    EXPECT_THAT(done.err, HasSubstr("410 Gone"));
    scene.receiver().clear_faults();
    EXPECT_EQ(scene.run(kQuick).code, 0);
    EXPECT_THAT(scene.mistakes(), IsEmpty());
}

TEST(Fault, AReceiverThatIsDownGetsEverythingWhenItIsBack) {
    Scene scene(30);
    scene.receiver_down();
    auto process = scene.start({"--since", "2000-01-01"});
    while (process->err_so_far().find("attempts in a row have failed") == std::string::npos)
        ASSERT_FALSE(process->ended_within(5ms)) << process->out_so_far() << process->err_so_far();
    scene.change(20);
    scene.receiver_up();
    std::uint64_t rows = 0;
    scene.campaign().truth("transactions", {}, [&](std::string_view) { ++rows; });
    while (scene.receiver().count() < rows)
        ASSERT_FALSE(process->ended_within(5ms)) << process->err_so_far();
    process->send(SIGTERM);
    EXPECT_EQ(process->wait().code, 0);
    EXPECT_EQ(scene.run().code, 0);
    EXPECT_THAT(scene.mistakes(), IsEmpty());
}

TEST(Fault, SigtermLetsTheAttemptUnderWayEnd) {
    Scene scene(30);
    scene.receiver().add_fault({"slow"});
    auto process = scene.start({"--since", "2000-01-01"});
    while (scene.receiver().count() < 20) ASSERT_FALSE(process->ended_within(5ms));
    process->send(SIGTERM);
    const auto stopped = process->wait(10s);
    EXPECT_EQ(stopped.code, 0) << stopped.err;
    // Every request that began was settled: none comes a second time.
    EXPECT_EQ(scene.outbox_value("SELECT count(*) FROM deliveries WHERE status = 2"),
              std::to_string(scene.receiver().count()));
    scene.receiver().clear_faults();
    EXPECT_EQ(scene.run(kQuick).code, 0);
    EXPECT_THAT(scene.mistakes(), IsEmpty());
}

TEST(Fault, AFullDiskStopsNothingForGood) {
    Scene scene(600);
    const std::string folder = scene.folder() + "/small";
    const test::SmallDisk disk(folder, "2m");
    if (!disk.is_there()) {
        std::cout << "NOT RUN: mounting a tmpfs needs root and CAP_SYS_ADMIN\n";
        GTEST_SKIP() << "mounting a tmpfs needs root and CAP_SYS_ADMIN";
    }
    scene.move_outbox(folder + "/outbox.db");
    auto process = scene.start(kQuick);
    while (process->err_so_far().find("full") == std::string::npos)
        ASSERT_FALSE(process->ended_within(5ms)) << process->out_so_far();
    ASSERT_TRUE(disk.resize("512m"));
    const auto done = process->wait();
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene.mistakes(), IsEmpty());
}

}  // namespace
}  // namespace ringtail::webhook
