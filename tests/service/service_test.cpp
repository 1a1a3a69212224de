#include <gmock/gmock.h>

#include <thread>

#include "base/time_text.hpp"
#include "service/scene.hpp"
#include "support/raw_http.hpp"

namespace ringtail::service {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

TEST(Service, LoadsBothKindsOfSourcesAndEndsInTime) {
    sim::Simulation campaign(e2e::small_campaign(100));
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_dialfire(campaign);
    scene.add_callkeeper(calls);
    scene.serve();
    scene.wait("both are loaded", [&] {
        return scene.count("df_contacts") == e2e::true_rows(campaign, "contacts") &&
               scene.count("callkeeper_calls") == true_calls(calls) &&
               scene.count("callkeeper_calls_facts") == true_calls(calls);
    });
    EXPECT_GT(true_calls(calls), 100U);
    scene.wait("the journal knows", [&] {
        return member(scene.last_run("office", "load"), "state") == "done" &&
               member(scene.last_run("campaign", "load"), "state") == "done";
    });
    EXPECT_EQ(scene.stop(10s), 0);
    for (const char* source : {"office", "campaign"})
        EXPECT_GT(std::stoull(member(scene.last_run(source, "load"), "requests")), 0U) << source;
    EXPECT_EQ(member(scene.run({"source", "show", "office", "--output", "json"}), "status"), "ok");
}

TEST(Service, AnswersHealthAndNumbers) {
    Scene scene;
    scene.serve();
    EXPECT_EQ(test::fetch(scene.port(), "GET", "/healthz").status, 200);
    EXPECT_EQ(test::fetch(scene.port(), "GET", "/readyz").status, 200);
    EXPECT_EQ(test::fetch(scene.port(), "GET", "/api/v1/sources").status, 401);
    const std::string key = member(scene.run({"key", "add", "me", "--output", "json"}), "key");
    const std::vector<std::string> with_key{"Authorization: Bearer " + key};
    EXPECT_EQ(test::fetch(scene.port(), "GET", "/api/v1/sources", "", with_key).status, 200);
    EXPECT_EQ(test::fetch(scene.port(), "GET", "/metrics", "", with_key).status, 200);
    EXPECT_THAT(scene.refused({"serve"}), HasSubstr("another service uses the data folder"));
    EXPECT_EQ(scene.stop(10s), 0);
}

TEST(Service, EveryAcknowledgedWebhookIsARow) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls, "office", {"--settle", "off"});
    scene.run({"job", "edit", "office", "--schedule", "manual"});
    scene.serve();
    const auto sent = calls.send_hooks({.url = scene.hook_address()});
    EXPECT_GT(sent.acknowledged, 200U);
    EXPECT_EQ(sent.acknowledged, sent.sent);
    scene.wait("all calls are rows",
               [&] { return scene.count("callkeeper_calls") == sent.acknowledged_calls.size(); });
    scene.wait("the journal knows", [&] {
        return member(scene.last_run("office", "received"), "requests") ==
               std::to_string(sent.acknowledged);
    });
}

TEST(Service, NothingAcknowledgedIsLostByKillMinus9) {
    sim::CallKeeper calls(small_account(3, 200));
    Scene scene;
    scene.add_callkeeper(calls, "office", {"--settle", "off"});
    scene.run({"job", "edit", "office", "--schedule", "manual"});
    scene.serve();
    sim::HookCounts sent;
    std::jthread sender([&, url = scene.hook_address()] {
        sent = calls.send_hooks({.url = url, .attempts = 200, .in_flight = 8});
    });
    for (const std::uint64_t rows : {20U, 150U, 300U}) {
        scene.wait("some rows", [&] { return scene.count("callkeeper_calls") >= rows; });
        scene.kill();
        scene.serve();
    }
    sender.join();
    EXPECT_GT(sent.acknowledged_calls.size(), 400U);
    scene.wait("all calls are rows",
               [&] { return scene.count("callkeeper_calls") >= sent.acknowledged_calls.size(); });
    for (const std::int64_t id : sent.acknowledged_calls) {
        ASSERT_EQ(scene.value("SELECT count(*) FROM callkeeper_calls WHERE call_id = " +
                              std::to_string(id)),
                  "1");
    }
}

TEST(Service, AHistoryIsPausedResumedAndGoesOnAfterKillMinus9) {
    auto options = small_account(40, 20);
    options.latency = 30ms;
    sim::CallKeeper calls(options);
    Scene scene;
    scene.add_callkeeper(calls, "office", {"--overlap-days", "0", "--settle", "off"});
    scene.run({"job", "edit", "office", "--schedule", "manual"});
    scene.serve();
    const std::string to = format_day(SystemClock().now());
    scene.run({"load", "office", "--from", options.first_day, "--to", to});
    const auto history = [&] { return scene.last_run("office", "history"); };
    const std::string number = member(history(), "number");
    scene.wait("the first days", [&] { return scene.count("callkeeper_calls") >= 100; });
    scene.run({"pause", number});
    scene.wait("it pauses", [&] { return member(history(), "state") == "paused"; });
    const std::uint64_t loaded = scene.count("callkeeper_calls");
    EXPECT_LT(loaded, true_calls(calls));
    scene.run({"resume", number});
    scene.wait("it goes on", [&] { return scene.count("callkeeper_calls") > loaded; });
    scene.kill();
    scene.serve();
    scene.wait("it is done", [&] { return member(history(), "state") == "done"; });
    EXPECT_EQ(scene.count("callkeeper_calls"), true_calls(calls));
    EXPECT_EQ(member(history(), "attempt"), "1");
    EXPECT_EQ(member(member(history(), "progress"), "days_done"), "41");
    EXPECT_THAT(scene.refused({"resume", number}), HasSubstr("is done"));
}

TEST(Service, WithoutOneALoadIsDoneByTheCommand) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls);
    const std::string out = scene.run({"load", "office"});
    EXPECT_THAT(out, HasSubstr("load done"));
    EXPECT_EQ(scene.count("callkeeper_calls"), true_calls(calls));
}

TEST(Service, AFailureIsInTheJournalWithItsHintAndHoldsUpNobody) {
    sim::CallKeeper calls(small_account()), other(small_account());
    Scene scene;
    scene.add_callkeeper(calls, "bad");
    scene.add_callkeeper(other, "good");
    calls.assume("account", "no-access");
    scene.serve();
    scene.wait("the good one is loaded",
               [&] { return scene.count("callkeeper_calls") == true_calls(other); });
    scene.wait("the bad one has failed", [&] {
        return !scene.run({"journal", "--source", "bad", "--state", "failed", "--output", "json"})
                    .empty();
    });
    const std::string failed = scene.run(
        {"journal", "--source", "bad", "--state", "failed", "--limit", "1", "--output", "json"});
    EXPECT_THAT(member(failed, "hint"), Not(testing::IsEmpty()));
    EXPECT_THAT(failed, Not(HasSubstr(calls.options().key)));
}

}  // namespace
}  // namespace ringtail::service
