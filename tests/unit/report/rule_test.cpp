#include "report/rule.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "unit/report/fields.hpp"

namespace ringtail::report {
namespace {

using testing::HasSubstr;

constexpr std::string_view kId = R"({"name":"call_id","path":"id","type":"int64"})";

// A rule of one table with these columns, the key call_id, and whatever else.
std::string table(const std::string& columns, const std::string& more = "",
                  const std::string& key = R"(["call_id"])") {
    return R"({"tables":[{"name":"t","key":)" + key + R"(,"columns":[)" + columns + "]" + more +
           "}]}";
}
std::string with_column(const std::string& column, const std::string& more = "") {
    return table(std::string(kId) + "," + column, more);
}

TEST(RuleTest, IsReadWholly) {
    const Rule rule = rule_of(R"({"tables":[
        {"name":"calls_by_source","key":["call_id"],"where":"status_code = 200","columns":[
          {"name":"call_id","path":"id","type":"int64"},
          {"name":"src","path":"current.src","type":"text","default":"direct"},
          {"name":"office","const":"Москва","type":"text"},
          {"name":"visit","path":"visit_info","type":"json"}]},
        {"name":"call_tags","each":"tags","key":["call_id","n"],"columns":[
          {"name":"call_id","path":"id","type":"int64"},
          {"name":"n","path":"#","type":"int64"},
          {"name":"tag","path":".","type":"text"},
          {"name":"colour","path":".look.colour","type":"text"}]}]})");
    ASSERT_EQ(rule.tables.size(), 2U);
    const RuleTable& first = rule.tables[0];
    EXPECT_EQ(first.name, "calls_by_source");
    EXPECT_EQ(first.columns[1].path_text, "visit_info.current.src") << "visit_info may be left out";
    EXPECT_EQ(first.columns[1].otherwise.text, "direct");
    EXPECT_EQ(first.columns[2].constant->text, "Москва");
    EXPECT_FALSE(first.each);
    const RuleTable& second = rule.tables[1];
    EXPECT_EQ(second.key, (std::vector<std::size_t>{0, 1}));
    EXPECT_EQ(second.each_text, "tags");
    EXPECT_EQ(second.columns[1].path.of, Path::Of::position);
    EXPECT_EQ(second.columns[3].path.names, (std::vector<std::string>{"look", "colour"}));
}

struct Wrong {
    const char* what;
    std::string rule;
    const char* place;
    const char* says;  // in the message or the hint
};

class WrongRules : public testing::TestWithParam<Wrong> {};

TEST_P(WrongRules, NameThePlaceAndWhatCouldStandThere) {
    try {
        rule_of(GetParam().rule);
        FAIL() << "taken: " << GetParam().rule;
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        EXPECT_THAT(error.what(), HasSubstr(std::string("rule: ") + GetParam().place + ": "));
        EXPECT_THAT(error.what() + (" | " + error.hint()), HasSubstr(GetParam().says));
        EXPECT_FALSE(error.hint().empty());
    }
}

std::vector<Wrong> wrong_rules() {
    std::string many = std::string(kId);
    for (int i = 0; i < 200; ++i)
        many += R"(,{"name":"c)" + std::to_string(i) + R"(","const":1,"type":"int64"})";
    return {
        {"a list", "[]", "rule", "no JSON object"},
        {"no tables", "{}", "tables", "there is no table"},
        {"empty tables", R"({"tables":[]})", "tables", "there is no table"},
        {"unknown member", R"({"table":[]})", "table", "Did you mean tables?"},
        {"no name", R"({"tables":[{"key":["a"]}]})", "tables[0].name", "missing"},
        {"number as name", R"({"tables":[{"name":5}]})", "tables[0].name", "no text"},
        {"empty name", R"({"tables":[{"name":""}]})", "tables[0].name", "no name"},
        {"line break in a name", R"({"tables":[{"name":"a\nb"}]})", "tables[0].name", "no name"},
        {"long name", R"({"tables":[{"name":")" + std::string(64, 'x') + R"("}]})",
         "tables[0].name", "too long"},
        {"no columns", R"({"tables":[{"name":"t"}]})", "tables[0].columns", "no column"},
        {"unknown member of a table", table(std::string(kId), R"(,"were":"id = 1")"),
         "tables[0].were", "Did you mean where?"},
        {"member twice", table(std::string(kId), R"(,"name":"u")"), "tables[0].name", "twice"},
        {"unknown path", with_column(R"({"name":"s","path":"statsu_code","type":"int64"})"),
         "tables[0].columns[1].path", "Did you mean status_code?"},
        {"last part alone", with_column(R"({"name":"s","path":"src","type":"text"})"),
         "tables[0].columns[1].path", "Did you mean visit_info.current.src?"},
        {"wrong object",
         with_column(R"({"name":"s","path":"visit_info.curent.src","type":"text"})"),
         "tables[0].columns[1].path", "Did you mean visit_info.current.src?"},
        {"empty path", with_column(R"({"name":"s","path":"","type":"text"})"),
         "tables[0].columns[1].path", "no field of calls"},
        {"element without each", with_column(R"({"name":"s","path":".","type":"text"})"),
         "tables[0].columns[1].path", "no each"},
        {"broken element path",
         with_column(R"({"name":"s","path":".a..b","type":"text"})", R"(,"each":"tags")"),
         "tables[0].columns[1].path", "no path"},
        {"no path", with_column(R"({"name":"s","type":"text"})"), "tables[0].columns[1].path",
         "either"},
        {"path and const", with_column(R"({"name":"s","path":"id","const":1,"type":"int64"})"),
         "tables[0].columns[1].const", "either"},
        {"value for const", with_column(R"({"name":"s","value":1,"type":"int64"})"),
         "tables[0].columns[1].value", "Did you mean const?"},
        {"default of a const", with_column(R"({"name":"s","const":1,"default":2,"type":"int64"})"),
         "tables[0].columns[1].default", "Leave it out"},
        {"no type", with_column(R"({"name":"s","path":"id"})"), "tables[0].columns[1].type",
         "int64, decimal, text, boolean, timestamp, json"},
        {"wrong type", with_column(R"({"name":"s","path":"id","type":"int6"})"),
         "tables[0].columns[1].type", "Did you mean int64?"},
        {"const of another type", with_column(R"({"name":"s","const":"x","type":"int64"})"),
         "tables[0].columns[1].const", "no int64"},
        {"default of another type",
         with_column(R"({"name":"s","path":"id","default":1.5,"type":"int64"})"),
         "tables[0].columns[1].default", "no int64"},
        {"object as number", with_column(R"({"name":"s","path":"visit_info","type":"int64"})"),
         "tables[0].columns[1].path", "several values"},
        {"list as number", with_column(R"({"name":"s","path":"tags","type":"int64"})"),
         "tables[0].columns[1].path", "each"},
        {"column twice", with_column(R"({"name":"CALL_ID","path":"id","type":"int64"})"),
         "tables[0].columns[1].name", "columns[0]"},
        {"own column", with_column(R"({"name":"Simple_Date","path":"date","type":"text"})"),
         "tables[0].columns[1].name", "Ringtail's own"},
        {"underscore", with_column(R"({"name":"_x","path":"date","type":"text"})"),
         "tables[0].columns[1].name", "Ringtail's own"},
        {"too many columns", table(many), "tables[0].columns[200]", "more than 200"},
        {"no key", R"({"tables":[{"name":"t","columns":[)" + std::string(kId) + "]}]}",
         "tables[0].key", "missing"},
        {"key is no column", table(std::string(kId), "", R"(["call_di"])"), "tables[0].key[0]",
         "Did you mean call_id?"},
        {"key twice", table(std::string(kId), "", R"(["call_id","call_id"])"), "tables[0].key[1]",
         "twice"},
        {"json in the key",
         table(R"({"name":"v","path":"visit_info","type":"json"})", "", R"(["v"])"),
         "tables[0].key[0]", "cannot be compared"},
        {"each of a number", table(std::string(kId), R"(,"each":"id")"), "tables[0].each",
         "Lists are: tags"},
        {"unknown each", table(std::string(kId), R"(,"each":"tag")"), "tables[0].each",
         "Did you mean tags?"},
        {"wrong where", table(std::string(kId), R"(,"where":"status_cod = 200")"),
         "tables[0].where", "status_code"},
        {"table twice",
         R"({"tables":[{"name":"t","key":["call_id"],"columns":[)" + std::string(kId) +
             R"(]},{"name":"T","key":["call_id"],"columns":[)" + std::string(kId) + "]}]}",
         "tables[1].name", "tables[0]"},
        {"base table",
         R"({"tables":[{"name":"callkeeper_calls","key":["call_id"],"columns":[)" +
             std::string(kId) + "]}]}",
         "tables[0].name", "of the source itself"},
        {"view in another case",
         R"({"tables":[{"name":"calls","key":["call_id"],"columns":[)" + std::string(kId) + "]}]}",
         "tables[0].name", "of the source itself"},
        {"Ringtail's table",
         R"({"tables":[{"name":"Ringtail_x","key":["call_id"],"columns":[)" + std::string(kId) +
             "]}]}",
         "tables[0].name", "Ringtail's own"},
    };
}

std::string name_of_test(const testing::TestParamInfo<Wrong>& info) {
    std::string name;
    for (const char c : std::string(info.param.what))
        name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

INSTANTIATE_TEST_SUITE_P(Each, WrongRules, testing::ValuesIn(wrong_rules()), name_of_test);

TEST(RuleTest, WhatIsNoJsonIsRefused) { EXPECT_THROW(rule_of("{"), Error); }

TEST(RuleTest, FieldsCanBeFewer) {
    const std::vector<std::string> few{"id", "current", "contact.age"};
    const Catalog left = calls().only(few);
    EXPECT_TRUE(left.find("visit_info.current.cmp"));
    EXPECT_TRUE(left.find("contact.age"));
    EXPECT_FALSE(left.find("contact.name"));
    EXPECT_FALSE(left.find("status_code"));
    EXPECT_FALSE(left.find("visit_info.session.pgs"));
}

}  // namespace
}  // namespace ringtail::report
