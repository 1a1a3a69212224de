#include "source/dialfire/decode_deliveries.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "source/dialfire/delivery_json.hpp"

namespace ringtail::dialfire {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string golden(const std::string& name) {
    std::ifstream file(std::string(RINGTAIL_SOURCE_DIR) + "/tests/golden/dialfire/" + name);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string delivery_json(std::string_view raw, std::string_view left_out = {}) {
    const JsonDocument document(raw);
    std::string out;
    append_delivery_json(document.root(), out, left_out);
    return out;
}

class Deliveries {
  public:
    explicit Deliveries(Filter filter = {}, std::string_view since = "2000-01-01")
        : filter_(std::move(filter)), since_(*parse_time(since)), tables_(make_delivery_tables()) {
        for (const Table& table : tables_) out.batches.emplace_back(table);
    }
    Deliveries& decode(std::string_view body, std::vector<std::string> asked = {}) {
        decode_deliveries(body, {filter_, tables_, asked}, since_, out);
        return *this;
    }
    std::vector<std::string> column(TableIndex table, std::size_t cell) const {
        std::vector<std::string> values;
        for (std::size_t row = 0; row < out.batches[table].rows(); ++row)
            values.emplace_back(out.batches[table].at(row, cell).text);
        return values;
    }
    std::vector<std::string> ids() const {
        return column(TableIndex::transactions, DeliveryTransaction::id);
    }

    Decoded out;

  private:
    Filter filter_;
    Instant since_;
    std::vector<Table> tables_;
};

// facts/dialfire.md F.6, produced by the old client itself.
TEST(Deliveries, TheBodyIsTheOldClientsByteByByte) {
    Deliveries decoded;
    decoded.decode(golden("facts_contacts.json"));
    const auto contacts = decoded.column(TableIndex::contacts, DeliveryContact::body);
    const auto bodies = decoded.column(TableIndex::transactions, DeliveryTransaction::body);
    ASSERT_EQ(bodies.size(), 3U);
    const std::string body =
        R"({"contact":)" + contacts[0] + R"(,"state":"new","transaction":)" + bodies[2] + "}\n";
    EXPECT_EQ(body, golden("facts_delivery.json"));
}

TEST(Deliveries, HaveTheIdsOfTheDatabaseModes) {
    Deliveries decoded;
    decoded.decode(golden("facts_contacts.json"), {"7QK2M9XWB4TN6RHJ", "D8V3LPZC5YF2GKSU", "GONE"});
    EXPECT_THAT(decoded.ids(),
                ElementsAre("17f5a6ea17e67fbf1d13e7383c49a32a", "3f468f8d6b84afc96436302bdd6c14fc",
                            "a35afa6184fac02296cafd4b286655dc"));
    EXPECT_EQ(decoded.out.tally.loaded, 2U);
    EXPECT_EQ(decoded.out.tally.gone, 1U);
    EXPECT_EQ(decoded.out.tally.open, 1U);
    ASSERT_EQ(decoded.out.rechecks.size(), 1U);
    EXPECT_EQ(decoded.out.rechecks[0].key, "7QK2M9XWB4TN6RHJ");
    // The second contact has nothing to send: only its md5 is of use.
    EXPECT_THAT(
        decoded.column(TableIndex::contacts, DeliveryContact::md5),
        ElementsAre("3f1c9a0e5b7d42868e0f6a1b2c3d4e5f", "a9d4f0c2b1e35768f90a1b2c3d4e5f60"));
    EXPECT_EQ(decoded.column(TableIndex::contacts, DeliveryContact::body)[1], "");
}

TEST(Deliveries, AreFilteredAsTheDatabaseModesAre) {
    const std::string body = golden("facts_contacts.json");
    EXPECT_EQ(Deliveries({FilterMode::updates_only, {}}).decode(body).ids().size(), 2U);
    EXPECT_THAT(Deliveries({FilterMode::hi_updates_only, "fc_"}).decode(body).ids(),
                ElementsAre("3f468f8d6b84afc96436302bdd6c14fc"));
}

TEST(Deliveries, BeginWithTheirStart) {
    const std::string body = golden("facts_contacts.json");
    EXPECT_THAT(Deliveries({}, "2024-03-05T10:04:02.006Z").decode(body).ids(),
                ElementsAre("a35afa6184fac02296cafd4b286655dc"));
    EXPECT_THAT(Deliveries({}, "2024-03-05T10:04:02.007Z").decode(body).ids(), IsEmpty());
}

TEST(Deliveries, WhatCannotBeSentIsKeptAsReject) {
    Deliveries decoded;
    decoded.decode(
        R"([{"$md5":"x"},{"$id":"A","$task_log":[{"transactions":[{"type":"update"},3]}]}])",
        {"A", "B"});
    ASSERT_EQ(decoded.out.rejects.size(), 3U);
    EXPECT_EQ(decoded.out.tally.rejected, 1U);
    EXPECT_THAT(decoded.ids(), IsEmpty());
    EXPECT_THROW(Deliveries().decode("{}"), Error);
}

TEST(DeliveryJson, IsGosForm) {
    EXPECT_EQ(delivery_json(R"( { "b" : [ 1 , 2.50, 1e5, null,true ] , "a" : {} } )"),
              R"({"a":{},"b":[1,2.50,1e5,null,true]})");
    EXPECT_EQ(delivery_json(R"({"a":1,"b":2,"a":{"z":1,"y":2}})"), R"({"a":{"y":2,"z":1},"b":2})");
    EXPECT_EQ(delivery_json(R"({"$task_log":[],"x":{"$task_log":1}})", "$task_log"),
              R"({"x":{"$task_log":1}})");
    EXPECT_EQ(delivery_json(R"("a\/b \u00e4\u0041\b\f\u0000\n\t\r\"\\")"),
              "\"a/b äA\\u0008\\u000c\\u0000\\n\\t\\r\\\"\\\\\"");
    EXPECT_EQ(delivery_json("\"<a href='x'>&\xE2\x80\xA8\xE2\x80\xA9\xE2\x82\xAC\x7F\""),
              "\"\\u003ca href='x'\\u003e\\u0026\\u2028\\u2029\xE2\x82\xAC\x7F\"");
    EXPECT_EQ(delivery_json(R"("\ud83d\ude00")"), "\"😀\"");
    // Sorted by bytes: upper case first, then lower, then what is beyond ASCII.
    EXPECT_EQ(delivery_json(R"({"ß":1,"a":2,"Z":3,"$":4})"), R"({"$":4,"Z":3,"a":2,"ß":1})");
}

TEST(DeliveryJson, LoneSurrogatesStayAsTheyCame) {
    EXPECT_EQ(delivery_json(R"("a\uD83Db")"), R"("a\uD83Db")");
    EXPECT_EQ(delivery_json(R"("\ud83d\ud83d\ude00<\n")"), "\"\\ud83d😀\\u003c\\n\"");
    EXPECT_EQ(delivery_json(R"("\u00e4\udc00")"), "\"ä\\udc00\"");
    EXPECT_EQ(delivery_json(R"({"k\ud800":1})"), R"({"k\ud800":1})");
}

}  // namespace
}  // namespace ringtail::dialfire
