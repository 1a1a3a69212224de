#include <gmock/gmock.h>

#include <filesystem>

#include "e2e/stage.hpp"

namespace ringtail::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(Demo, ShowsTheSummaryAndThreeQueriesWithTheirResults) {
    const Stage stage;
    const auto outcome = stage.run({"demo", "--keep", stage.path("kept"), "--contacts", "300"});
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_THAT(outcome.out,
                AllOf(HasSubstr("df_inbound_calls"), HasSubstr("listed "),
                      HasSubstr("FROM df_transactions"), HasSubstr("FROM df_connections"),
                      HasSubstr("FROM df_contacts"), HasSubstr("fc_")));
    EXPECT_GE(std::stoull(stage.value("kept/demo.db", "SELECT count(*) FROM df_contacts")), 290U);
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
