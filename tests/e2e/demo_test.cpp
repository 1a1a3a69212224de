#include <gmock/gmock.h>

#include <filesystem>

#include "e2e/stage.hpp"

namespace ringtail::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Demo, ConnectsBothSourcesAndShowsTheirTables) {
    const Stage stage;
    const auto outcome = stage.run({"demo", "--keep", "kept", "--contacts", "300"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("Source campaign is connected"),
                      HasSubstr("Source office is connected"), HasSubstr("It answers at http://"),
                      HasSubstr("FROM df_transactions"), HasSubstr("FROM callkeeper_calls_wide"),
                      HasSubstr("fc_"), HasSubstr("Where to look")));
    EXPECT_GE(std::stoull(stage.value("kept/demo.db", "SELECT count(*) FROM df_contacts")), 290U);
    EXPECT_GE(std::stoull(stage.value("kept/demo.db", "SELECT count(*) FROM callkeeper_calls")),
              700U);
    // Today's webhooks were loaded, too.
    EXPECT_NE(stage.value("kept/demo.db",
                          "SELECT count(*) FROM callkeeper_calls WHERE _feeds LIKE '%hook%'"),
              "0");
}

TEST(Demo, LeavesNothingBehind) {
    const Stage stage;
    std::filesystem::create_directory(stage.path("tmp"));
    const auto outcome = stage.run({"demo", "--contacts", "20"}, {{"TMPDIR", stage.path("tmp")}});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_TRUE(stage.list("tmp").empty());
}

}  // namespace
}  // namespace ringtail::e2e
