#include <gmock/gmock.h>

#include <csignal>
#include <random>

#include "service_kill/office.hpp"
#include "support/postgres_server.hpp"

// kill -9 of the service at every named place and at random instants, webhooks coming in all the
// while: at the end the tables equal the truth, nothing acknowledged is missing, and every run that
// was cut off has been gone on with.
namespace ringtail::service {
namespace {

using testing::IsEmpty;
using namespace std::chrono_literals;

void die_at(Office& office, const std::vector<std::string>& places,
            const std::vector<int>& passings) {
    for (const std::string& place : places) {
        for (const int passing : passings) {
            const std::string failpoint = place + ":" + std::to_string(passing);
            EXPECT_TRUE(office.dies_at(failpoint)) << failpoint;
        }
    }
}

void expect_nothing_wrong(Office& office) {
    FileRows tables = office.file("calls.db");
    EXPECT_THAT(office.wrong_in_the_end(tables), IsEmpty());
}

TEST(ServiceKill, WhileAWebhookIsTakenIn) {
    Office office({.feeds = OfficeOptions::Feeds::hooks});
    die_at(office, {"hooks_received", "hooks_syncing", "hooks_synced", "hooks_answered"},
           {1, 2, 40});
    expect_nothing_wrong(office);
}

TEST(ServiceKill, WhileRowsAreLoaded) {
    Office office;
    die_at(office,
           {"checkpoint_read", "page_read", "decoded", "hooks_taken", "stage_sent", "merge_done",
            "commit_sent", "commit_done", "hooks_dropping"},
           {1, 2});
    EXPECT_GT(office.runs_cut_off(), 10U);
    expect_nothing_wrong(office);
}

TEST(ServiceKill, WhileARunBeginsOrEnds) {
    Office office;
    die_at(office, {"run_queueing", "run_queued"}, {1});
    die_at(office, {"run_claiming", "run_claimed", "run_ending", "run_finishing", "run_finished"},
           {1, 2});
    // After each of these a run is to be taken up again, which is cut off, too.
    for (const char* place : {"run_crashed", "run_recovered"}) {
        die_at(office, {"page_read"}, {1});
        die_at(office, {place}, {1});
    }
    expect_nothing_wrong(office);
}

void die_at_random(unsigned seed, int deaths) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    Office office;
    office.calls().set_latency(20ms);
    for (int i = 0; i < deaths; ++i) {
        office.dies_after(std::chrono::milliseconds(random() % 800));
    }
    EXPECT_GT(office.runs_cut_off(), 0U);
    expect_nothing_wrong(office);
}

TEST(ServiceKill, AtRandomInstants) { die_at_random(20'240'705, 15); }

TEST(ServiceKill, AtOtherRandomInstants) { die_at_random(20'240'706, 15); }

class OnPostgres final : public test::CallTables {
  public:
    std::string url() const { return server_.url(name_); }
    std::vector<test::Texts> rows(const std::string& select) override {
        std::vector<test::Texts> rows;
        for (const auto& row : server_.query(name_, select)) {
            test::Texts& texts = rows.emplace_back();
            for (const auto& value : row) texts.push_back(value.value_or(""));
        }
        return rows;
    }

  private:
    test::PostgresServer& server_ = test::PostgresServer::shared();
    const std::string name_ = server_.create_database();
};

TEST(ServiceKill, IntoPostgres) {
    OnPostgres tables;
    Office office({.destination = tables.url()});
    die_at(office, {"hooks_answered", "stage_sent", "commit_sent", "commit_done", "run_ending"},
           {1, 2});
    EXPECT_THAT(office.wrong_in_the_end(tables), IsEmpty());
}

TEST(ServiceKill, WhatWasToBeAskedAgainIsAskedAgain) {
    sim::CallKeeper calls(small_account(3, 10));
    Scene scene;
    scene.add_callkeeper(calls, "office", {"--ask-after-hook", "8s"});
    scene.run({"job", "edit", "office", "--schedule", "manual"});
    scene.run({"job", "edit", "office/hooks", "--enabled", "off"});
    scene.serve();
    ASSERT_GT(calls.send_hooks({.url = scene.hook_address()}).acknowledged, 20U);
    scene.kill();
    scene.run({"job", "edit", "office/hooks", "--enabled", "on"});
    // All hooks are loaded by the one run that dies when it has ended: no later one asks for it.
    scene.start({}, {{"RINGTAIL_FAILPOINT", "run_finished"}});
    ASSERT_EQ(scene.process().wait(60s).signal, SIGKILL);
    const auto asked = [&] {
        std::uint64_t count = 0;
        for (const auto& [method, requests] : calls.stats().requests)
            if (method.starts_with("getCall")) count += requests;
        return count;
    };
    ASSERT_EQ(asked(), 0U) << "the API was asked too soon";
    scene.serve();
    scene.wait("the API is asked for the rest", [&] { return asked() > 0; });
}

TEST(ServiceKill, ARunThatWaitsForASlowService) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls);
    calls.set_latency(7s);
    // It is known to be alive by its beats, and dies in one.
    scene.start({}, {{"RINGTAIL_FAILPOINT", "run_beating"}});
    ASSERT_EQ(scene.process().wait(60s).signal, SIGKILL);
    scene.serve();
    const auto load = [&](const std::string& what) {
        return member(scene.last_run("office", "load"), what);
    };
    const std::string number = load("number");
    scene.wait("it is taken up again", [&] { return load("state") == "running"; });
    EXPECT_EQ(scene.stop(10s), 0);
    EXPECT_EQ(load("state"), "queued");
    calls.set_latency(0ms);
    scene.serve();
    scene.wait("it is done", [&] { return load("state") == "done"; });
    EXPECT_EQ(load("number"), number);
    EXPECT_EQ(load("attempt"), "1");
    FileRows tables(scene.stage.path("data/calls.db"));
    EXPECT_THAT(test::differences(calls, tables, {}, test::Shared::more), IsEmpty());
}

}  // namespace
}  // namespace ringtail::service
