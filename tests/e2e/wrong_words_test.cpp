#include <gmock/gmock.h>

#include "e2e/stage.hpp"

// Command lines that are wrong: what the program says, and its exit code. No service is needed.
namespace ringtail::e2e {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

struct Wrong {
    Words words;
    Variables variables;
    int code;
    std::string says;  // on standard error
};

TEST(WrongWords, OurOwnCommands) {
    const Stage stage;
    const Words from{"sync", "--from", "dialfire://CAMP"};
    const auto with = [&](const Words& more) {
        Words words = from;
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    const Variables token{{"RINGTAIL_TOKEN", "T"}};
    const std::vector<Wrong> cases{
        {{}, {}, 2, "ringtail sync"},
        {{"snyc"}, {}, 2, "there is no such command"},
        {{"help", "snyc"}, {}, 2, "there is no such command"},
        {{"sync"}, token, 2, "--from is missing"},
        {{"sync", "--from", "CAMP"}, token, 2, "dialfire://CAMPAIGN"},
        {from, {}, 2, "RINGTAIL_TOKEN"},
        {with({"--token-file", "none.txt"}), {}, 2, "cannot read none.txt"},
        {with({"--to", "calls.db"}), token, 2, "sqlite:///./calls.db"},
        {with({"--to", "sqlite:///no/such/folder/x.db"}), token, 2, "there is no folder"},
        {with({"--every", "fast"}), token, 2, "such as 30s, 15m, 2h"},
        {with({"--since", "01.02.2018"}), token, 2, "YYYY-MM-DD"},
        {with({"--only", "all"}), token, 2, "updates and human"},
        {with({"--onec"}), token, 2, "unknown flag --onec"},
        {with({"-once"}), token, 2, "--once"},
        {with({"once"}), token, 2, "belongs to no flag: once"},
        {with({"--prefix"}), token, 2, "--prefix needs a value"},
        {with({"--log-file", "no/folder/x.log"}), token, 2, "no/folder/x.log"},
        {{"check"}, token, 2, "--from is missing"},
        {{"demo", "--contacts", "many"}, {}, 2, "whole number"},
        {{"demo", "now"}, {}, 2, "belongs to no flag: now"},
    };
    for (const Wrong& wrong : cases) {
        const auto outcome = stage.run(wrong.words, wrong.variables);
        EXPECT_EQ(outcome.code, wrong.code) << testing::PrintToString(wrong.words) << outcome.err;
        EXPECT_THAT(outcome.err, HasSubstr(wrong.says)) << testing::PrintToString(wrong.words);
        EXPECT_THAT(outcome.out, IsEmpty()) << testing::PrintToString(wrong.words);
    }
}

TEST(WrongWords, TheOldClientsHaveOneExitCode) {
    const Stage stage;
    const std::vector<Wrong> cases{
        {{}, {}, 1, "Campaign ID (--c) is required"},
        {{"--c", "CAMP"}, {}, 1, "Campaign token (--ct) is required"},
        {{"--c", "CAMP", "--ct", "T", "--a", "db_all"}, {}, 1, "Invalid mode: db_all"},
        {{"--c", "CAMP", "--ct", "T", "--a", "webhook", "--url", "HOST", "--wr", "x"},
         {},
         1,
         "--wr"},
        {{"-c", "CAMP"}, {}, 1, "-c has one dash"},
        {{"--c", "CAMP", "--ct", "T", "--a", "db_init", "--fm", "all"}, {}, 1, "hi_updates_only"},
        {{"--c", "CAMP", "--ct", "T", "--a", "db_init", "--w", "x"}, {}, 1, "--w"},
        {{}, {{"DBSYNC_C", "CAMP"}, {"DBSYNCCT", "T"}, {"DBSYNC_A", "db_all"}}, 1, "db_all"},
    };
    for (const Wrong& wrong : cases) {
        Words words{"dbsync2"};
        words.insert(words.end(), wrong.words.begin(), wrong.words.end());
        for (const auto& outcome : {stage.run(words, wrong.variables),
                                    stage.run_as("dbsync2", wrong.words, wrong.variables)}) {
            EXPECT_EQ(outcome.code, wrong.code) << testing::PrintToString(wrong.words);
            EXPECT_THAT(outcome.err, HasSubstr(wrong.says)) << testing::PrintToString(wrong.words);
            EXPECT_THAT(outcome.out, IsEmpty()) << testing::PrintToString(wrong.words);
        }
    }
}

TEST(WrongWords, DatabaseAddressesOfTheOldClient) {
    const Stage stage;
    const Words known{"dbsync2", "--c", "CAMP", "--ct", "T", "--a", "db_init"};
    const std::vector<std::pair<Words, std::string>> cases{
        {{}, "Database URL (--url) is required"},
        {{"--url", "oracle://u:p@h/db"}, "Invalid database driver 'oracle'"},
        {{"--url", "mysql://u:p@h/"}, "Database name is required"},
        {{"--url", "sqlserver://u:p@h/"}, "Database name is required"},
        {{"--url", "postgres://u:p@h/"}, "Database name is required"},
    };
    for (const auto& [more, says] : cases) {
        Words words = known;
        words.insert(words.end(), more.begin(), more.end());
        const auto outcome = stage.run(words);
        EXPECT_EQ(outcome.code, 1) << says;
        EXPECT_THAT(outcome.out, HasSubstr(says));  // a run's errors go where they went: stdout
        EXPECT_THAT(outcome.out, HasSubstr("Logfile: "));
    }
    for (const std::string& name : stage.list("var/log/dbsync")) {
        EXPECT_THAT(stage.read("var/log/dbsync/" + name), HasSubstr("error"));
    }
    EXPECT_EQ(stage.list("var/log/dbsync").size(), cases.size());
}

TEST(RightWords, HelpAndVersion) {
    const Stage stage;
    for (const auto& [words, says] :
         std::vector<std::pair<Words, std::string>>{{{"help"}, "ringtail demo"},
                                                    {{"--help"}, "ringtail demo"},
                                                    {{"help", "sync"}, "--compare-every"},
                                                    {{"sync", "--help"}, "--compare-every"},
                                                    {{"help", "check"}, "Changes nothing"},
                                                    {{"help", "demo"}, "--keep"},
                                                    {{"help", "dbsync2"}, "DBSYNC_"},
                                                    {{"dbsync2", "--help"}, "DBSYNC_"},
                                                    {{"version"}, "ringtail "},
                                                    {{"--version"}, "ringtail "}}) {
        const auto outcome = stage.run(words);
        EXPECT_EQ(outcome.code, 0) << testing::PrintToString(words);
        EXPECT_THAT(outcome.out, HasSubstr(says)) << testing::PrintToString(words);
        EXPECT_THAT(outcome.err, IsEmpty());
    }
    EXPECT_THAT(stage.run_as("dbsync2", {"--help"}).out, HasSubstr("DBSYNC_"));
}

}  // namespace
}  // namespace ringtail::e2e
