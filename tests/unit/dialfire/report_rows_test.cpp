#include "source/dialfire/report_rows.hpp"

#include <gmock/gmock.h>

#include "base/time_text.hpp"

namespace ringtail::dialfire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::string_view kContact =
    R"({"$id":"7QK2M9XWB4TN6RHJ","$md5":"x","Name":"Ü","$task_log":[
  {"transactions":[
    {"fired":"2024-03-05T10:03:27.481Z","type":"update","id":"contact's","connections":[
      {"id":"c1","technology":"sip","third_party_connections":[{"id":"c2"}]},
      {"id":"c3","technology":"transfer","disconnected":null}, 5]},
    {"fired":"2024-03-06T00:00:00.000Z","type":"other"},
    {"type":"timeless"}]}]})";

std::vector<std::string> rows(ReportOf of) {
    const JsonDocument document(kContact);
    std::vector<ReportRow> made;
    append_report_rows(document.root(), of, *parse_time("2024-03-05"), *parse_time("2024-03-06"),
                       made);
    std::vector<std::string> all;
    for (const ReportRow& row : made) {
        EXPECT_EQ(row.fired, "2024-03-05T10:03:27.481Z");
        all.push_back(row.json);
    }
    return all;
}

TEST(ReportRows, TransactionsOfTheDayHaveTheIdsOfTheTableAndTheirContact) {
    const auto all = rows(ReportOf::transactions);
    ASSERT_THAT(all, SizeIs(1));
    EXPECT_THAT(all[0], HasSubstr(R"({"id":"3f468f8d6b84afc96436302bdd6c14fc",)"
                                  R"("contact_id":"7QK2M9XWB4TN6RHJ",)"
                                  R"("fired":"2024-03-05T10:03:27.481Z","type":"update",)"));
    EXPECT_THAT(all[0], ::testing::EndsWith(
                            R"("contact":{"$id":"7QK2M9XWB4TN6RHJ","$md5":"x","Name":"Ü"}})"));
}

TEST(ReportRows, ConnectionsKnowWhereTheyHang) {
    const std::string transaction = R"("transaction_id":"3f468f8d6b84afc96436302bdd6c14fc")";
    EXPECT_THAT(
        rows(ReportOf::connections),
        ElementsAre(
            ::testing::AllOf(HasSubstr(R"({"id":"c1","technology":"sip","contact_id")"),
                             HasSubstr(transaction), HasSubstr(R"("parent_connection_id":null)"),
                             HasSubstr(R"("transaction":{"fired":)"), HasSubstr(R"("Name":"Ü")")),
            ::testing::AllOf(HasSubstr(R"({"id":"c2")"),
                             HasSubstr(R"("parent_connection_id":"c1")")),
            ::testing::AllOf(HasSubstr(R"({"id":"c3")"),
                             HasSubstr(R"("parent_connection_id":"c1")")),
            "5"));
}

TEST(ReportRows, WhatIsNoContactIsHandedOn) {
    const JsonDocument document(R"([null,"x"])");
    std::vector<ReportRow> made;
    for (const JsonValue value : document.root().elements())
        append_report_rows(value, ReportOf::transactions, {}, Instant::max(), made);
    ASSERT_THAT(made, SizeIs(1));
    EXPECT_EQ(made[0].json, R"("x")");
}

}  // namespace
}  // namespace ringtail::dialfire
