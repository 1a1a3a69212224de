#include <gmock/gmock.h>

#include "service/file_rows.hpp"
#include "service/scene.hpp"
#include "sqlite/connection.hpp"
#include "support/postgres_server.hpp"

// What the service does with the two feeds of an account, with what was missed, and with what is
// stuck or down.
namespace ringtail::service {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::vector<std::string> differences(const Scene& scene, const sim::CallKeeper& calls, bool api) {
    FileRows tables(scene.stage.path("data/calls.db"));
    return test::differences(calls, tables, {.api = api, .hooks = true}, test::Shared::more);
}

// Hooks of `order`, each several times, and the API before or after them.
void expect_truth(const std::string& order, bool api_first) {
    SCOPED_TRACE(order + (api_first ? " after the API" : " before the API"));
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls, "office", {"--settle", "off"});
    const auto read_api = [&] {
        scene.run({"run", "office"});
        scene.wait("the API is read",
                   [&] { return member(scene.last_run("office", "load"), "state") == "done"; });
    };
    scene.run({"job", "edit", "office", "--schedule", "manual"});
    scene.serve();
    if (api_first) read_api();
    const auto sent = calls.send_hooks({.url = scene.hook_address(), .order = order, .copies = 3});
    EXPECT_EQ(sent.acknowledged, sent.sent);
    scene.wait("all hooks are loaded", [&] {
        return FileRows(scene.stage.path("data/inbox.db")).rows("SELECT 1 FROM hooks").empty();
    });
    if (!api_first) {
        EXPECT_THAT(differences(scene, calls, false), IsEmpty());
        read_api();
    }
    EXPECT_THAT(differences(scene, calls, true), IsEmpty());
}

TEST(ServiceFeeds, InWhateverOrderTheyComeTheRowsAreTheTruth) {
    expect_truth("right", true);
    expect_truth("reversed", false);
    expect_truth("shuffled", false);
}

TEST(ServiceFeeds, WhatWasMissedIsMadeOnce) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls);
    const std::string store = scene.stage.path("data/control.db");
    const auto loads = [&](const std::string& where) {
        return FileRows(store)
            .rows("SELECT count(*) FROM runs WHERE kind = 'load' AND " + where)
            .at(0)
            .at(0);
    };
    scene.serve();
    scene.wait("the first load", [&] { return loads("state = 'done'") == "1"; });
    EXPECT_EQ(scene.stop(10s), 0);
    // Off for ten hours, with a load due in each of them.
    sqlite::Connection(store).run(
        "UPDATE jobs SET created = created - 36000000000, next_due = next_due - 36000000000 "
        "WHERE name = 'load'");
    scene.serve();
    scene.wait("the second load", [&] { return loads("state = 'done'") == "2"; });
    EXPECT_EQ(loads("1"), "2");
    const auto due = FileRows(store).rows(
        "SELECT next_due > (SELECT max(queued) FROM runs WHERE kind = 'load') FROM jobs "
        "WHERE name = 'load'");
    EXPECT_EQ(due.at(0).at(0), "1");
    EXPECT_EQ(scene.stop(10s), 0);
    EXPECT_EQ(loads("1"), "2");
}

TEST(ServiceFeeds, AStuckAccountHoldsUpNobody) {
    sim::CallKeeper stuck(small_account()), other(small_account());
    Scene scene;
    scene.add_callkeeper(stuck, "stuck");
    scene.add_callkeeper(other, "other");
    stuck.set_latency(10min);
    scene.serve();
    scene.wait("the stuck one runs",
               [&] { return member(scene.last_run("stuck", "load"), "state") == "running"; });
    scene.wait("the other one is loaded",
               [&] { return member(scene.last_run("other", "load"), "state") == "done"; });
    const auto sent = other.send_hooks({.url = scene.hook_address("other"), .which = "over"});
    scene.wait("and its webhooks", [&] {
        return member(scene.last_run("other", "hooks"), "state") == "done" &&
               FileRows(scene.stage.path("data/inbox.db")).rows("SELECT 1 FROM hooks").empty();
    });
    EXPECT_EQ(scene.count("callkeeper_calls"), true_calls(other));
    EXPECT_EQ(member(scene.last_run("stuck", "load"), "state"), "running");
    EXPECT_EQ(sent.acknowledged, sent.sent);
    EXPECT_EQ(scene.stop(10s), 0);
}

TEST(ServiceFeeds, WebhooksAreTakenWhileTheDatabaseIsDown) {
    test::PostgresServer server;
    const std::string database = server.create_database();
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.run({"destination", "add", "db", "--url", server.url(database)});
    scene.add_callkeeper(calls, "office", {"--settle", "off", "--destination", "db"});
    scene.run({"job", "edit", "office", "--schedule", "manual"});
    scene.serve();
    server.stop_immediate();
    const auto sent = calls.send_hooks({.url = scene.hook_address()});
    EXPECT_GT(sent.acknowledged, 200U);
    EXPECT_EQ(sent.acknowledged, sent.sent);
    server.start();
    scene.wait("all are loaded", [&] {
        return FileRows(scene.stage.path("data/inbox.db")).rows("SELECT 1 FROM hooks").empty();
    });
    EXPECT_EQ(server.value(database, "SELECT count(*) FROM callkeeper_calls"),
              std::to_string(sent.acknowledged_calls.size()));
}

TEST(ServiceFeeds, AStoreOfANewerProgramIsRefused) {
    Scene scene;
    scene.run({"source", "list"});
    sqlite::Connection(scene.stage.path("data/control.db")).run("PRAGMA user_version = 99");
    for (const Words& words : {Words{"serve", "--listen", "127.0.0.1:0"}, Words{"source", "list"}})
        EXPECT_THAT(scene.refused(words), HasSubstr("newer Ringtail"));
}

}  // namespace
}  // namespace ringtail::service
