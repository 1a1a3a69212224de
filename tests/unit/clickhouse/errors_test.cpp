#include "destination/clickhouse/errors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ringtail::clickhouse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const Url kUrl = read_url("clickhouse://u:SECRET@h/calls");

ServerError old_error(int code, const std::string& text) {
    return to_error(500,
                    "Code: " + std::to_string(code) + ", e.displayText() = DB::Exception: " + text +
                        ", e.what() = DB::Exception\n",
                    kUrl);
}

TEST(ClickHouseErrors, OldAndNewForms) {
    const auto old = old_error(60, "Table calls.x doesn't exist.");
    EXPECT_EQ(old.code(), 60);
    EXPECT_EQ(old.fault(), Fault::data);
    EXPECT_STREQ(old.what(),
                 "ClickHouse, database calls at h:8123: Table calls.x doesn't exist. [60]");
    const auto current = to_error(404,
                                  "Code: 60. DB::Exception: Table calls.x does not exist. "
                                  "(UNKNOWN_TABLE) (version 24.3.2.23 (official build))\n",
                                  kUrl);
    EXPECT_EQ(current.code(), 60);
    EXPECT_STREQ(current.what(),
                 "ClickHouse, database calls at h:8123: Table calls.x does not exist. "
                 "(UNKNOWN_TABLE) [60]");
}

TEST(ClickHouseErrors, FaultsAndHints) {
    struct Case {
        int code;
        Fault fault;
        std::string hint;
    };
    for (const Case& one : std::vector<Case>{{81, Fault::config, "CREATE DATABASE `calls`"},
                                             {164, Fault::config, "GRANT"},
                                             {497, Fault::config, "GRANT"},
                                             {192, Fault::auth, "password"},
                                             {193, Fault::auth, "password"},
                                             {516, Fault::auth, "password"},
                                             {170, Fault::config, "system.clusters"},
                                             {139, Fault::config, "<macros>"},
                                             {241, Fault::transient, "memory"},
                                             {252, Fault::transient, "pause="},
                                             {242, Fault::transient, "ZooKeeper"},
                                             {999, Fault::transient, "ZooKeeper"},
                                             {225, Fault::transient, "ZooKeeper"},
                                             {202, Fault::transient, ""},
                                             {62, Fault::data, ""}}) {
        const auto error = old_error(one.code, "something");
        EXPECT_EQ(error.fault(), one.fault) << one.code;
        EXPECT_THAT(error.hint(), HasSubstr(one.hint)) << one.code;
    }
    EXPECT_THAT(old_error(36, "No macro shard in config").hint(), HasSubstr("<macros>"));
}

TEST(ClickHouseErrors, TheMissingRightIsNamedAsTheStatementThatGivesIt) {
    const auto error = to_error(
        403,
        "Code: 497. DB::Exception: u: Not enough privileges. To execute this query, it's necessary "
        "to have the grant INSERT(id, `a b`, _version) ON calls.df_contacts. (ACCESS_DENIED) "
        "(version 24.3.2.23 (official build))\n",
        kUrl);
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.hint(), ::testing::StartsWith("GRANT INSERT ON calls.df_contacts TO `u`;"));
    EXPECT_THAT(error.hint(), HasSubstr("ON `calls`.* TO `u`;"));
    EXPECT_THAT(error.hint(), Not(HasSubstr("CLUSTER")));
    const auto older = to_error(
        403,
        "Code: 497, e.displayText() = DB::Exception: u: Not enough privileges. To execute "
        "this query it's necessary to have grant CREATE TEMPORARY TABLE ON *.*, e.what() = "
        "DB::Exception",
        read_url("clickhouse://u:SECRET@h/calls?cluster=both"));
    EXPECT_THAT(older.hint(), ::testing::StartsWith("GRANT CREATE TEMPORARY TABLE ON *.* TO `u`;"));
    EXPECT_THAT(older.hint(), HasSubstr("CLUSTER"));
}

TEST(ClickHouseErrors, AnswersThatAreNotClickHouses) {
    const auto wrong_port = to_error(
        400, "Port 9000 is for clickhouse-client program.\r\nYou must use port 8123", kUrl);
    EXPECT_EQ(wrong_port.fault(), Fault::config);
    EXPECT_THAT(wrong_port.hint(), HasSubstr("8123"));
    EXPECT_EQ(to_error(502, "<html>Bad gateway</html>", kUrl).fault(), Fault::transient);
    EXPECT_EQ(to_error(401, "", kUrl).fault(), Fault::auth);
}

TEST(ClickHouseErrors, NoPasswordAndNoRowsInMessages) {
    const auto error = old_error(27, "Cannot parse input: SECRET expected\nRow 1:\nColumn 0, x");
    EXPECT_THAT(error.what(), Not(HasSubstr("SECRET")));
    EXPECT_THAT(error.what(), Not(HasSubstr("Row 1")));
}

}  // namespace
}  // namespace ringtail::clickhouse
