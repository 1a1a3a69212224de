#include "report/change.hpp"

#include <gmock/gmock.h>

#include "report/rule.hpp"
#include "report/stored_type.hpp"

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

// A table of a report, with the four columns in front.
Table report_table(std::string name, std::vector<Column> columns) {
    Table made = table(std::move(name), {own_columns().begin(), own_columns().end()});
    made.columns.insert(made.columns.end(), columns.begin(), columns.end());
    return made;
}

std::vector<ColumnThere> there(std::vector<ColumnThere> columns) {
    std::vector<ColumnThere> all{{"_id_911bb8e7", "text", true},
                                 {"ACCOUNT_ID", "bigint"},
                                 {"processor_id", "bigint"},
                                 {"simple_date", "text", true}};
    all.insert(all.end(), columns.begin(), columns.end());
    return all;
}

TEST(ChangeTest, TablesAsTheyStandCountMoreThanTheRuleBefore) {
    const std::vector rule{report_table("t", {{"a", Type::int64}, {"b", Type::decimal}})};
    const TablesThere same{{"t", there({{"a", "bigint"}, {"b", "numeric"}})}};
    EXPECT_THAT(change_between(rule, rule, &same).words, IsEmpty());
    EXPECT_THAT(change_between({}, rule, &same).words, IsEmpty());  // another job's

    const TablesThere lacking{{"t", there({{"b", "Nullable(Int64)"}})}};
    const Change change = change_between(rule, rule, &lacking);
    EXPECT_THAT(change.words,
                ElementsAre(HasSubstr("t: column a (int64) is added"),
                            HasSubstr("t: column b is widened from Nullable(Int64) to decimal")));
    EXPECT_FALSE(change.takes_away);

    const TablesThere other{{"t", there({{"a", "timestamp with time zone"}, {"b", "varchar"}})}};
    const Change mismatch = change_between(rule, rule, &other);
    EXPECT_THAT(mismatch.words,
                ElementsAre(HasSubstr("t: column a stays timestamp with time zone")));
    EXPECT_TRUE(mismatch.takes_away);

    const TablesThere none{{"t", {}}};
    EXPECT_THAT(change_between(rule, rule, &none).words, ElementsAre(HasSubstr("t: is made")));
    // A column that was never made is not left behind.
    const std::vector less{report_table("t", {{"a", Type::int64}})};
    const TablesThere only_a{{"t", there({{"a", "bigint"}})}};
    EXPECT_THAT(change_between(rule, less, &only_a).words, IsEmpty());
    EXPECT_THAT(change_between(rule, less, &same).words,
                ElementsAre(HasSubstr("t: column b is no longer filled")));
    EXPECT_THAT(change_between(rule, {}, &none).words, IsEmpty());
    EXPECT_TRUE(change_between(rule, {}, &same).takes_away);
}

TEST(ChangeTest, ATableOfSomebodyElseNeedsConsent) {
    const std::vector rule{report_table("orders", {{"a", Type::int64}})};
    const TablesThere foreign{{"orders", {{"id", "bigint"}, {"a", "bigint"}}}};
    const Change change = change_between({}, rule, &foreign);
    EXPECT_TRUE(change.takes_away);
    EXPECT_THAT(change.words.at(0), HasSubstr("orders: is there already and none of Ringtail's "
                                              "reports (it has id, a)"));
}

TEST(StoredTypeTest, WhatTheDatabasesCallTheirTypes) {
    for (const char* type : {"bigint", "INTEGER", "bigint(20)", "Nullable(Int64)"})
        EXPECT_EQ(fit_of(Type::int64, type), Fit::all) << type;
    for (const char* type : {"numeric", "DECIMAL(38,10)", "Nullable(Decimal(76, 38))", "longtext",
                             "text", "String", "double precision"})
        EXPECT_EQ(fit_of(Type::decimal, type), Fit::all) << type;
    for (const char* type : {"boolean", "tinyint(1)", "bit", "Nullable(Bool)", "INTEGER"})
        EXPECT_EQ(fit_of(Type::boolean, type), Fit::all) << type;
    for (const char* type : {"timestamp with time zone", "datetime(6)", "datetime2(6)",
                             "Nullable(DateTime64(6, 'UTC'))", "TIMESTAMP TEXT"})
        EXPECT_EQ(fit_of(Type::timestamp, type), Fit::all) << type;
    for (const char* type : {"jsonb", "json", "longtext", "nvarchar(max)", "JSON TEXT", "String"})
        EXPECT_EQ(fit_of(Type::json, type), Fit::all) << type;
    EXPECT_EQ(fit_of(Type::decimal, "bigint"), Fit::widens);
    EXPECT_EQ(fit_of(Type::text, "bigint"), Fit::not_all);
    EXPECT_EQ(fit_of(Type::timestamp, "numeric"), Fit::not_all);
}

}  // namespace
}  // namespace ringtail::report
