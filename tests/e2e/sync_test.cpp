#include <gmock/gmock.h>

#include <algorithm>
#include <csignal>
#include <sstream>

#include "e2e/stage.hpp"
#include "sqlite/connection.hpp"
#include "support/json_object.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kTables{"contacts", "transactions", "connections", "recordings",
                                       "inbound_calls"};

void expect_true_rows(const Stage& stage, const sim::Simulation& campaign,
                      const std::string& prefix = "df_", const std::string& file = "ringtail.db") {
    for (const std::string& table : kTables) {
        EXPECT_EQ(stage.value(file, "SELECT count(*) FROM " + prefix + table),
                  std::to_string(true_rows(campaign, table)))
            << table;
    }
}

// The events of --output json: each line's members by name.
std::vector<std::map<std::string, std::string>> events(const std::string& out) {
    std::vector<std::map<std::string, std::string>> result;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
        auto& event = result.emplace_back();
        for (const auto& [name, raw] : test::members_of(line)) event[name] = raw;
    }
    return result;
}

std::string words_of(const std::vector<std::map<std::string, std::string>>& all) {
    std::string names;
    for (const auto& event : all) names += event.at("event");
    return names;
}

TEST(Sync, LoadsIntoTheDefaultDatabaseAndSaysWhatItDid) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto outcome = stage.run(sync_words(campaign, {"--once"}), token_of(campaign));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    expect_true_rows(stage, campaign);
    EXPECT_THAT(outcome.out, AllOf(HasSubstr("df_contacts"), HasSubstr("inserted"),
                                   HasSubstr("listed "), HasSubstr(" equal + ")));
}

TEST(Sync, MakesTheViewsOverAllCallsWhereItKnowsTheZone) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto views = [&] {
        return stage.value("ringtail.db", "SELECT count(*) FROM sqlite_master WHERE type = 'view'");
    };
    ASSERT_EQ(stage.run(sync_words(campaign, {"--once"}), token_of(campaign)).code, 0);
    EXPECT_EQ(views(), "0");
    const auto outcome = stage.run(
        sync_words(campaign, {"--once", "--zone", "Europe/Berlin", "--views-prefix", "rt_"}),
        token_of(campaign));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(stage.value("ringtail.db",
                          "SELECT count(*) FROM rt_calls WHERE zone = 'Europe/Berlin' AND "
                          "direction = 'in'"),
              stage.value("ringtail.db", "SELECT count(*) FROM df_inbound_calls"));
}

TEST(Sync, LoadsIntoPostgres) {
    const sim::Simulation campaign(small_campaign());
    auto& server = test::PostgresServer::shared();
    const std::string database = server.create_database();
    const Stage stage;
    const auto outcome = stage.run(sync_words(campaign, {"--once", "--to", server.url(database)}),
                                   token_of(campaign));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    for (const std::string& table : kTables) {
        EXPECT_EQ(server.value(database, "SELECT count(*) FROM df_" + table),
                  std::to_string(true_rows(campaign, table)));
    }
    // The old client's unprefixed tables, if they alone are there, are used.
    server.query(database, R"(ALTER TABLE df_contacts RENAME TO contacts; DELETE FROM contacts)");
    const auto old =
        stage.run(sync_words(campaign, {"--once", "--full", "--to", server.url(database)}),
                  token_of(campaign));
    EXPECT_EQ(old.code, 0) << old.err;
    EXPECT_THAT(old.out, HasSubstr("the old client's tables"));
    EXPECT_EQ(server.value(database, "SELECT count(*) FROM contacts"),
              std::to_string(true_rows(campaign, "contacts")));
}

TEST(Sync, TheSecondRunFetchesNothingAgain) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    ASSERT_EQ(stage.run(sync_words(campaign, {"--once"}), token_of(campaign)).code, 0);
    const auto asked = campaign.stats().ids_asked;
    const auto again = stage.run(sync_words(campaign, {"--once", "--full", "--output", "json"}),
                                 token_of(campaign));
    EXPECT_EQ(again.code, 0) << again.err;
    EXPECT_EQ(events(again.out).back().at("outcome"), "\"done\"");
    // Contacts with open calls may be asked again, the others not.
    EXPECT_LT(campaign.stats().ids_asked - asked, asked / 5);
    expect_true_rows(stage, campaign);
}

TEST(Sync, JsonLines) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto outcome =
        stage.run(sync_words(campaign, {"--once", "--output=json", "--to", "sqlite:calls.db"}),
                  token_of(campaign));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    const auto all = events(outcome.out);
    EXPECT_EQ(words_of(all), R"("start""round""summary")");
    EXPECT_EQ(all.front().at("stream"), "\"dialfire/" + campaign.options().campaign + "/df_\"");
    const auto& summary = all.back();
    EXPECT_EQ(std::stoull(summary.at("listed")),
              std::stoull(summary.at("equal")) + std::stoull(summary.at("loaded")) +
                  std::stoull(summary.at("gone")) + std::stoull(summary.at("rejected")));
    EXPECT_THAT(summary.at("tables"), HasSubstr(R"("table":"df_inbound_calls")"));
}

TEST(Sync, RejectsAreExitCode3) {
    sim::Options options = small_campaign();
    options.odd = 0.5;
    const sim::Simulation campaign(options);
    const Stage stage;
    const auto outcome = stage.run(sync_words(campaign, {"--once"}), token_of(campaign));
    EXPECT_EQ(outcome.code, 3) << outcome.err;
    EXPECT_THAT(outcome.out, HasSubstr("SELECT * FROM ringtail_rejects"));
    EXPECT_NE(stage.value("ringtail.db", "SELECT count(*) FROM ringtail_rejects"), "0");
}

TEST(Sync, FollowsUntilItIsStopped) {
    sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto process = stage.start(sync_words(campaign, {"--every", "100ms", "--output", "json"}),
                                     token_of(campaign));
    wait_for_output(*process, R"("event":"round")");
    campaign.change(20, {"contact"});
    const std::string wanted = std::to_string(true_rows(campaign, "contacts"));
    for (int tries = 0; tries < 600; ++tries) {
        if (stage.value("ringtail.db", "SELECT count(*) FROM df_contacts") == wanted) break;
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(50))) << process->err_so_far();
    }
    EXPECT_EQ(stage.value("ringtail.db", "SELECT count(*) FROM df_contacts"), wanted);
    process->send(SIGTERM);
    const auto outcome = process->wait(std::chrono::seconds(20));
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(events(outcome.out).back().at("outcome"), "\"stopped\"");
    EXPECT_THAT(outcome.err, HasSubstr("stopping"));
}

// Held up by the service, so that it is certainly not done when the signal comes.
std::unique_ptr<test::Process> start_slow_load(sim::Simulation& campaign, const Stage& stage) {
    hang_the_list(campaign);
    auto process =
        stage.start(sync_words(campaign, {"--once", "--output", "json"}), token_of(campaign));
    wait_for_output(*process, R"("event":"start")");
    return process;
}

TEST(Sync, ALoadThatIsStoppedSaysRunAgain) {
    sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto process = start_slow_load(campaign, stage);
    process->send(SIGINT);
    const auto outcome = process->wait(std::chrono::seconds(20));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("Run again to go on"));
    EXPECT_EQ(events(outcome.out).back().at("fault"), "\"stopped\"");
}

TEST(Sync, ASecondSignalEndsAtOnce) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto process = stage.start(sync_words(campaign, {"--every", "1h", "--output", "json"}),
                                     token_of(campaign));
    wait_for_output(*process, R"("event":"round")");
    // Somebody else writes, so the lease cannot be given back and the program waits when it ends.
    sqlite::Connection other(stage.path("ringtail.db"));
    other.run("BEGIN IMMEDIATE");
    process->send(SIGTERM);
    while (process->err_so_far().find("stopping") == std::string::npos)
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->err_so_far();
    process->send(SIGINT);
    EXPECT_EQ(process->wait(std::chrono::seconds(20)).code, 128 + SIGINT);
    other.run("ROLLBACK");
    expect_true_rows(stage, campaign);
}

// In a terminal, which `script` stands for.
TEST(Sync, ATerminalShowsHowLongAFirstLoadTakes) {
    sim::Options options = small_campaign(6'000);
    options.latency = std::chrono::milliseconds(50);
    const sim::Simulation campaign(options);
    const Stage stage;
    std::string command = program();
    for (const std::string& word : sync_words(campaign, {"--once", "--rows-per-load", "500"}))
        command += " '" + word + "'";
    auto variables = token_of(campaign);
    variables["TERM"] = "xterm";
    const auto outcome = test::run(
        {"script", "-qefc", "cd " + stage.path("") + " && " + command, "/dev/null"}, variables);
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_THAT(outcome.out, AllOf(HasSubstr(" rows/s"), HasSubstr(" left")));
    expect_true_rows(stage, campaign);
}

TEST(Sync, AWrongTokenIsTheUsersToMend) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto outcome =
        stage.run(sync_words(campaign, {"--once"}), {{"RINGTAIL_TOKEN", "other-token"}});
    EXPECT_EQ(outcome.code, 2);
    EXPECT_THAT(outcome.err,
                AllOf(HasSubstr("403"), HasSubstr("Connectors"), Not(HasSubstr("other-token"))));
}

TEST(Sync, AServiceThatIsNotThere) {
    const Stage stage;
    const auto outcome = stage.run({"sync", "--from", "dialfire://CAMP", "--once", "--api",
                                    "http://127.0.0.1:1", "--retry-pause", "1ms"},
                                   {{"RINGTAIL_TOKEN", "T"}});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1"));
}

TEST(Sync, TwoOnOneStreamAreRefused) {
    sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto first = stage.start(sync_words(campaign, {"--every", "100ms", "--output", "json"}),
                                   token_of(campaign));
    wait_for_output(*first, R"("event":"round")");
    const auto second = stage.run(sync_words(campaign, {"--once"}), token_of(campaign));
    EXPECT_EQ(second.code, 2) << second.out;
    EXPECT_THAT(second.err, HasSubstr(std::to_string(first->pid())));
    first->send(SIGTERM);
    EXPECT_EQ(first->wait().code, 0);
}

TEST(Sync, FiltersAndPrefix) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto outcome = stage.run(
        sync_words(campaign, {"--once", "--only", "human", "--stages", "fc_", "--prefix", "x_"}),
        token_of(campaign));
    ASSERT_EQ(outcome.code, 0) << outcome.err;
    std::uint64_t rows = 0;
    sim::TruthOptions filter;
    filter.mode = "hi_updates_only";
    filter.stages = "fc_";
    campaign.truth("transactions", filter, [&](std::string_view) { ++rows; });
    EXPECT_GT(rows, 0U);
    EXPECT_EQ(stage.value("ringtail.db", "SELECT count(*) FROM x_transactions"),
              std::to_string(rows));
}

TEST(Sync, LogFile) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    ASSERT_EQ(
        stage.run(sync_words(campaign, {"--once", "--log-file", "x.log"}), token_of(campaign)).code,
        0);
    EXPECT_THAT(stage.read("x.log"), AllOf(HasSubstr(" start "), HasSubstr(" load rows=")));
}

}  // namespace
}  // namespace ringtail::e2e
