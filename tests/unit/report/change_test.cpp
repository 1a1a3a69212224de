#include "report/change.hpp"

#include <gmock/gmock.h>

namespace ringtail::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Table table(std::string name, std::vector<Column> columns) {
    Table made;
    made.name = std::move(name);
    made.columns = std::move(columns);
    return made;
}

TEST(ChangeTest, TheSameSaysNothing) {
    const std::vector tables{table("t", {{"a", Type::int64}})};
    const Change change = change_between(tables, tables);
    EXPECT_THAT(change.words, IsEmpty());
    EXPECT_FALSE(change.takes_away);
}

TEST(ChangeTest, WhatIsAddedOrWidenedNeedsNoConsent) {
    const std::vector before{table("t", {{"a", Type::int64}})};
    const std::vector after{table("t", {{"a", Type::decimal}, {"b", Type::text}}),
                            table("u", {{"a", Type::json}})};
    const Change change = change_between(before, after);
    EXPECT_THAT(change.words,
                ElementsAre(HasSubstr("t: column a is widened from int64 to decimal"),
                            HasSubstr("t: column b (text) is added"), "u: is made, with a json"));
    EXPECT_FALSE(change.takes_away);
}

TEST(ChangeTest, WhatIsTakenAwayDoes) {
    const std::vector both{table("t", {{"a", Type::int64}, {"b", Type::text}}), table("u", {})};
    EXPECT_TRUE(change_between(both, std::vector{both[0]}).takes_away);
    EXPECT_TRUE(
        change_between(both, std::vector{table("t", {{"a", Type::int64}}), both[1]}).takes_away);
    const Change other = change_between(
        both, std::vector{table("t", {{"a", Type::text}, {"b", Type::text}}), both[1]});
    EXPECT_TRUE(other.takes_away);
    EXPECT_THAT(other.words, ElementsAre(HasSubstr("column a stays int64")));
}

}  // namespace
}  // namespace ringtail::report
