#include "report/day_rows.hpp"

#include <gmock/gmock.h>

#include "unit/report/fields.hpp"

namespace ringtail::report {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kCall =
    R"({"id": 7, "status_code":"200","phone1":"+7 (495) 1","date":"2024-05-01 21:30:15",
        "tags":["hot", 5, null, {"look":{"colour":"red"}}], "contact":{"age":"41"},
        "visit_info":{"current":{"src":"google","cmp":""},"session":{"pgs":"03"}}})";

// A plan with what makes of it; tables and plan must stay where they are.
struct Made {
    explicit Made(Plan plan_, std::initializer_list<std::string_view> rows,
                  Period period = {4, 9, "2024-05-01"})
        : plan(std::move(plan_)), tables(make_tables(plan)), day(plan, tables, std::move(period)) {
        for (const std::string_view row : rows) day.add(row);
    }
    // The table's rows to be merged, without Ringtail's own columns; "-": null.
    std::vector<std::string> rows(std::size_t index = 0) const {
        std::vector<std::string> all;
        const Batch& batch = day.batches()[index];
        const auto last = batch.last_of_key();
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            if (!last[row]) continue;
            std::string text;
            for (std::size_t cell = plan.rule ? kOwnColumns : 1; cell < batch.width(); ++cell) {
                const Cell at = batch.at(row, cell);
                text += (text.empty() ? "" : "|") +
                        (at.kind == Cell::Kind::null ? "-" : std::string(at.text));
            }
            all.push_back(text);
        }
        return all;
    }
    std::vector<std::string> rejects() const {
        std::vector<std::string> all;
        for (const Reject& reject : day.rejects())
            all.push_back(reject.column + "=" + reject.raw + ": " + reject.reason);
        return all;
    }
    const Plan plan;
    const std::vector<Table> tables;
    DayRows day;
};

Plan with_rule(std::string_view json) {
    Plan plan;
    plan.rule = rule_of(json);
    return plan;
}

TEST(DayRowsTest, ColumnsTakeValuesDefaultsAndConstants) {
    const Made made(with_rule(R"({"tables":[{"name":"t","key":["call_id"],"columns":[
        {"name":"call_id","path":"id","type":"int64"},
        {"name":"status","path":"status_code","type":"int64"},
        {"name":"pages","path":"session.pgs","type":"int64"},
        {"name":"cmp","path":"current.cmp","type":"text","default":"none"},
        {"name":"at","path":"date","type":"timestamp"},
        {"name":"visit","path":"visit_info.current","type":"json"},
        {"name":"age","path":"contact.age","type":"decimal"},
        {"name":"gone","path":"contact.gone","type":"text"},
        {"name":"office","const":"Москва","type":"text"}]}]})"),
                    {kCall});
    EXPECT_THAT(made.rows(), ElementsAre("7|200|3|none|2024-05-01T21:30:15.000Z|"
                                         R"({"src":"google","cmp":""}|41|-|Москва)"));
    EXPECT_THAT(made.rejects(), IsEmpty());
}

TEST(DayRowsTest, ElementsBecomeRowsOfTheirOwn) {
    const Made made(with_rule(R"({"tables":[{"name":"t","each":"tags","key":["call_id","n"],
        "columns":[{"name":"call_id","path":"id","type":"int64"},
        {"name":"n","path":"#","type":"int64"},{"name":"tag","path":".","type":"text"},
        {"name":"colour","path":".look.colour","type":"text","default":"-"}]}]})"),
                    {kCall, R"({"id":8,"tags":" a, b ,,c"})", R"({"id":9,"tags":[]})",
                     R"({"id":10})", R"({"id":11,"tags":5})", R"({"id":12,"tags":" "})"});
    EXPECT_THAT(made.rows(), ElementsAre("7|1|hot|-", "7|2|5|-", "7|3|-|-",
                                         R"(7|4|{"look":{"colour":"red"}}|red)", "8|1|a|-",
                                         "8|2|b|-", "8|3|c|-", "11|1|5|-"));
}

TEST(DayRowsTest, WhereAndFilterChoose) {
    Plan plan = with_rule(R"({"tables":[
        {"name":"t","where":"status_code = 200","key":["id"],"columns":[{"name":"id","path":"id","type":"int64"}]},
        {"name":"u","each":"tags","where":"\".\" like 'h%' and contact.age = '41'","key":["tag"],
         "columns":[{"name":"tag","path":".","type":"text"}]}]})");
    plan.filter = RowFilter("date >= '2024-05-02'", calls(), {}, Zone("Europe/Moscow"));
    const Made made(std::move(plan),
                    {kCall,  // 00:30 on the second in Moscow
                     R"({"id":8,"status_code":404,"date":"2024-05-01 22:00:00","tags":["hat","at"],
                         "contact":{"age":41}})",
                     R"({"id":9,"status_code":200,"date":"2024-05-01 20:00:00"})",
                     R"({"id":10,"status_code":200})"});
    EXPECT_EQ(made.day.taken(), 2U);
    EXPECT_THAT(made.rows(0), ElementsAre("7"));
    EXPECT_THAT(made.rows(1), ElementsAre("hot", "hat"));
}

TEST(DayRowsTest, WhatDoesNotFitIsRejectedAndNeverLost) {
    const Made made(with_rule(R"({"tables":[{"name":"t","key":["call_id"],"columns":[
        {"name":"call_id","path":"id","type":"int64"},
        {"name":"status","path":"status_code","type":"int64","default":0},
        {"name":"at","path":"date","type":"timestamp"}]}]})"),
                    {R"({"id":1,"status_code":1.5,"date":"soon"})", R"({"id":"x"})",
                     R"({"status_code":200})", "[1]", "{"});
    EXPECT_THAT(made.rows(), ElementsAre("1|-|-"));
    const auto rejects = made.rejects();
    ASSERT_EQ(rejects.size(), 6U);
    const std::string id(made.day.batches()[0].at(0, 0).text);
    EXPECT_EQ(rejects[0], "status=1.5: not a whole number; the row's _id is " + id);
    EXPECT_EQ(rejects[1], "at=\"soon\": not a time; the row's _id is " + id);
    EXPECT_EQ(rejects[2], R"(call_id={"id":"x"}: the row's key has no value here)");
    EXPECT_EQ(rejects[3], R"(call_id={"status_code":200}: the row's key has no value here)");
    EXPECT_EQ(rejects[4], "=[1]: not a JSON object");
    for (const Reject& reject : made.day.rejects()) EXPECT_EQ(reject.key, "4/9/2024-05-01");
}

TEST(DayRowsTest, TextsThatAreNoneAreRejectedNotKept) {
    const Made made(with_rule(R"({"tables":[{"name":"t","key":["call_id"],"columns":[
        {"name":"call_id","path":"id","type":"int64"},
        {"name":"phone","path":"phone1","type":"text"}]}]})"),
                    {R"({"id":1,"phone1":"a\ud800"})"});
    EXPECT_THAT(made.rows(), ElementsAre("1|-"));
    ASSERT_EQ(made.rejects().size(), 1U);
    EXPECT_THAT(made.rejects()[0], testing::HasSubstr(R"(phone="a\ud800": the text holds half)"));
}

TEST(DayRowsTest, TheLastOfOneKeyCounts) {
    const Made made(with_rule(R"({"tables":[{"name":"t","key":["status"],"columns":[
        {"name":"status","path":"status_code","type":"int64"},
        {"name":"last","path":"id","type":"int64"}]}]})"),
                    {R"({"id":1,"status_code":200})", R"({"id":2,"status_code":"0200"})",
                     R"({"id":3,"status_code":404})"});
    EXPECT_THAT(made.rows(), ElementsAre("200|2", "404|3"));
    EXPECT_EQ(made.day.same_keys(), 1U);
    EXPECT_EQ(made.day.rows(0), 2U);
}

TEST(DayRowsTest, KeysTellJobsAccountsDaysAndTablesApart) {
    const std::string rule = R"({"tables":[
        {"name":"t","key":["a","b"],"columns":[{"name":"a","path":"phone1","type":"text"},{"name":"b","path":"current.src","type":"text"}]},
        {"name":"u","key":["a","b"],"columns":[{"name":"a","path":"phone1","type":"text"},{"name":"b","path":"current.src","type":"text"}]}]})";
    constexpr std::string_view kOne = R"({"phone1":"1","visit_info":{"current":{"src":"23"}}})";
    constexpr std::string_view kOther = R"({"phone1":"12","visit_info":{"current":{"src":"3"}}})";
    std::set<std::string> ids;
    for (const Period& period : {Period{4, 9, "2024-05-01"}, Period{4, 9, "2024-05-02"},
                                 Period{4, 8, "2024-05-01"}, Period{5, 9, "2024-05-01"}}) {
        const Made made(with_rule(rule), {kOne, kOther}, period);
        for (std::size_t table = 0; table < 2; ++table)
            for (std::size_t row = 0; row < 2; ++row)
                ids.insert(std::string(made.day.batches()[table].at(row, 0).text));
    }
    EXPECT_EQ(ids.size(), 16U);
}

TEST(DayRowsTest, WithoutARuleTheFieldsAreOneJsonObject) {
    Plan plan;
    plan.reports_table = "callkeeper_reports";
    plan.identity = parse_path("id");
    const Made whole(plan, {R"({"id": 1, "x" : [ 2 ]})"});
    EXPECT_THAT(whole.rows(), ElementsAre(R"(4|9|2024-05-01|1|{"id":1,"x":[2]})"));
    plan.fields = {{"id", parse_path("id")},
                   {"current.src", parse_path("visit_info.current.src")},
                   {"gone", parse_path("gone")}};
    const Made made(plan, {kCall, R"({"id":9})", R"({"id":9,"gone":true})"});
    EXPECT_THAT(made.rows(),
                ElementsAre(R"(4|9|2024-05-01|1|{"id":7,"current.src":"google","gone":null})",
                            R"(4|9|2024-05-01|3|{"id":9,"current.src":null,"gone":true})"));
    EXPECT_EQ(made.tables[0].key, std::vector<std::string>{"id"});
}

}  // namespace
}  // namespace ringtail::report
