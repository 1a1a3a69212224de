#include <gmock/gmock.h>

#include <csignal>

#include "e2e/stage.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::e2e {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

const Words kUrl{"--url", "sqlite:///./calls.db"};

Words with_url(Words more) {
    more.insert(more.end(), kUrl.begin(), kUrl.end());
    return more;
}

std::string count(const Stage& stage, const std::string& table) {
    return stage.value("calls.db", "SELECT count(*) FROM " + table);
}

TEST(Dbsync2, DbInitLoadsAllAndEnds) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    const auto outcome = stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", kUrl));
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_THAT(outcome.err, IsEmpty());
    for (const auto* table : {"contacts", "transactions", "connections", "recordings"}) {
        EXPECT_EQ(count(stage, std::string("df_") + table),
                  std::to_string(true_rows(campaign, table)))
            << table;
    }
    EXPECT_THAT(stage.list("var/log/dbsync"),
                ElementsAre(MatchesRegex(campaign.options().campaign + "_db_init_[0-9]{14}.log")));
    const std::string path = stage.path("var/log/dbsync/" + stage.list("var/log/dbsync").at(0));
    EXPECT_THAT(outcome.out, HasSubstr("Logfile: " + path + "\n"));
    EXPECT_THAT(stage.read("var/log/dbsync/" + stage.list("var/log/dbsync").at(0)),
                HasSubstr(" load rows="));
}

TEST(Dbsync2, DbUpdateWithADate) {
    const sim::Simulation campaign(small_campaign());
    const Stage stage;
    // The campaign's changes lie between 2024-01-01 and 400 days later.
    const auto outcome = stage.run_as(
        "dbsync2", dbsync2_words(campaign, "db_update", with_url({"--s", "2024-11-01", "--tp="})));
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    const auto some = std::stoull(count(stage, "contacts"));
    EXPECT_GT(some, 0U);
    EXPECT_LT(some, true_rows(campaign, "contacts"));
}

TEST(Dbsync2, VariablesReplaceFlags) {
    const sim::Simulation campaign(small_campaign(40));
    const Stage stage;
    const auto outcome = stage.run_as("dbsync2", {},
                                      {{"DBSYNC_C", campaign.options().campaign},
                                       {"DBSYNCCT", campaign.options().token},
                                       {"DBSYNC_A", "db_init"},
                                       {"DBSYNC_URL", "sqlite:///./calls.db"},
                                       {"DBSYNC_API", campaign.base_url()},
                                       {"DBSYNC_TP", "my_"}});
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_EQ(count(stage, "my_contacts"), std::to_string(true_rows(campaign, "contacts")));
}

TEST(Dbsync2, LogFolderThatIsBlocked) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    stage.write("var/log", "a file where the folder should be");
    const auto outcome = stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", kUrl));
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr("Logfile: " + stage.path(".dbsync/logs/")));
    EXPECT_EQ(stage.list(".dbsync/logs").size(), 1U);
}

TEST(Dbsync2, VerboseLogsToStdoutAtLevelFive) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome =
        stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", with_url({"--v"})));
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("info"), HasSubstr(" load rows="), Not(HasSubstr("Logfile:"))));
    EXPECT_THAT(stage.list("var/log/dbsync"), IsEmpty());
}

TEST(Dbsync2, DbSyncFollowsAndStartsAtTheOldState) {
    sim::Simulation campaign(small_campaign());
    const Stage stage;
    stage.write("var/opt/dbsync2/" + campaign.options().campaign + ".json",
                R"({"timestamp":"2024-11-01T00:00:00.000Z"})");
    Words words =
        dbsync2_words(campaign, "db_sync", with_url({"--every", "100ms", "--output", "json"}));
    words.insert(words.begin(), "dbsync2");
    const auto process = stage.start(words);
    wait_for_output(*process, R"("event":"round")");
    const auto some = std::stoull(count(stage, "df_contacts"));
    EXPECT_GT(some, 0U);
    EXPECT_LT(some, true_rows(campaign, "contacts"));
    process->send(SIGTERM);
    const auto outcome = process->wait(std::chrono::seconds(20));
    EXPECT_EQ(outcome.code, 0) << outcome.out << outcome.err;
    EXPECT_THAT(stage.read("var/log/dbsync/" + stage.list("var/log/dbsync").at(0)),
                HasSubstr("starts where the old client stopped, 2024-11-01T00:00:00.000Z"));
}

TEST(Dbsync2, ADamagedOldStateIsWarnedOf) {
    sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    stage.write(".dbsync2/" + campaign.options().campaign + ".json", "{");
    Words words = dbsync2_words(campaign, "db_sync", with_url({"--every", "100ms"}));
    words.insert(words.begin(), "dbsync2");
    const auto process = stage.start(words);
    wait_for_output(*process, "caught up");
    process->send(SIGTERM);
    EXPECT_THAT(process->wait(std::chrono::seconds(20)).out, HasSubstr("is damaged"));
}

TEST(Dbsync2, TheOldClientsTablesAreUsedWhereTheyAre) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    sqlite::Connection(stage.path("calls.db"))
        .run(R"(CREATE TABLE contacts ("$id" varchar(50) PRIMARY KEY, "$md5" varchar(50)))");
    const auto outcome = stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", kUrl));
    EXPECT_EQ(outcome.code, 0) << outcome.out;
    EXPECT_THAT(outcome.out, HasSubstr("the old client's tables"));
    EXPECT_EQ(count(stage, "contacts"), std::to_string(true_rows(campaign, "contacts")));
    EXPECT_EQ(stage.value("calls.db", "SELECT count(*) FROM sqlite_schema WHERE name LIKE 'df%'"),
              "0");
}

TEST(Dbsync2, AWrongTokenIsExitCode1AndOnTheConsole) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome =
        stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", with_url({"--ct", "other"})));
    EXPECT_EQ(outcome.code, 1);
    EXPECT_THAT(outcome.out, HasSubstr("403"));
    EXPECT_THAT(stage.read("var/log/dbsync/" + stage.list("var/log/dbsync").at(0)),
                HasSubstr("403"));
}

TEST(Dbsync2, RejectsAreExitCode3) {
    sim::Options options = small_campaign();
    options.odd = 0.5;
    const sim::Simulation campaign(options);
    const Stage stage;
    EXPECT_EQ(stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", kUrl)).code, 3);
}

TEST(Dbsync2, TheProfilerIsNotThere) {
    const sim::Simulation campaign(small_campaign(20));
    const Stage stage;
    const auto outcome =
        stage.run_as("dbsync2", dbsync2_words(campaign, "db_init", with_url({"--p", "--d", "64"})));
    EXPECT_EQ(outcome.code, 0);
    EXPECT_THAT(outcome.out, HasSubstr("no profiler"));
}

}  // namespace
}  // namespace ringtail::e2e
