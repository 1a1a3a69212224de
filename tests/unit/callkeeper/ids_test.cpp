#include <gmock/gmock.h>

#include "scene.hpp"
#include "source/callkeeper/id_memory.hpp"

namespace ringtail::callkeeper::testing {
namespace {

using ::testing::HasSubstr;

const Instant kStart = at("2024-05-01T21:30:20Z");

// The ids are part of what users join by: they never change. Computed with
// printf 'callkeeper_calls\x1f1\x1f7' | md5sum, first 16 digits, top bit cleared.
TEST(Ids, AreTheSameEverywhere) {
    EXPECT_EQ(call_surrogate(1, 7), 194358254253138282);
    EXPECT_EQ(surrogate(digest_of("general_sites\x1fshop.example.ru\x1f")), 5764194448667824914);
    EXPECT_EQ(surrogate(Md5{}), 2);
    EXPECT_EQ(surrogate(Md5{0, 0, 0, 0, 0, 0, 0, 1}), 3);
}

TEST(Ids, NothingKnownIsTheStubRow) {
    Scene scene;
    scene.api(
        {R"({"id":7,"status_code":486,"status2_code":0,"country":"-","site":" ","phone2":"79261234567"})"},
        kStart);
    auto facts = scene.facts(7);
    for (const char* column :
         {"dates_id", "clientids_id", "traffic_id", "sites_id", "locations_id"})
        EXPECT_EQ(facts[column], "1") << column;
    EXPECT_EQ(scene.shelf.tables["general_clientids"]["1"]["clientid"], "not available");
    EXPECT_EQ(scene.shelf.tables["general_dates"]["1"]["full_date"], "2100-01-01T00:00:00.000Z");
    for (const auto& [table, rows] : scene.shelf.tables)
        EXPECT_TRUE(rows.size() <= 1 || !table.starts_with("general_")) << table;
}

TEST(Ids, RowsThatAreThereAreNotWrittenAgain) {
    Scene scene;
    const std::string more =
        R"(,"site":"shop.example.ru","ga_clientid":"1.2","current":{"src":"g"})";
    scene.api({api_call(7, 486, 0, more)}, kStart);
    scene.reopen();
    scene.shelf.tables["general_sites"].begin()->second["domain"] = "kept";
    const auto before = scene.shelf.tables["general_traffic"];
    scene.api({api_call(8, 486, 0, more), api_call(9, 486, 0, more)}, kStart);
    EXPECT_EQ(scene.shelf.tables["general_traffic"], before);
    EXPECT_EQ(scene.facts(8)["traffic_id"], scene.facts(7)["traffic_id"]);
}

// Somebody else's row has the id that a site would get.
TEST(Ids, AnIdThatIsTakenIsGivenUp) {
    Scene scene;
    scene.reopen();
    const std::string content = "general_sites\x1fshop.example.ru\x1f";
    const std::string first = std::to_string(surrogate(digest_of(content)));
    const std::string second = std::to_string(surrogate(digest_of(content, 1)));
    scene.shelf.tables["general_sites"][first] = {{"domain", "other"}, {"_hash", "0123"}};
    const std::string more = R"(,"site":"shop.example.ru","city":"Moscow")";
    scene.api({api_call(7, 486, 0, more), api_call(8, 486, 0, more),
               api_call(9, 486, 0, R"(,"site":"other.example.ru","city":"Moscow")")},
              kStart);
    EXPECT_EQ(scene.facts(7)["sites_id"], second);
    EXPECT_EQ(scene.facts(8)["sites_id"], second);
    EXPECT_EQ(scene.shelf.tables["general_sites"][first]["domain"], "other");
    EXPECT_EQ(scene.shelf.tables["general_sites"][second]["domain"], "shop.example.ru");
    // All rows that are pointed at are there.
    for (const auto& [key, facts] : scene.shelf.tables["callkeeper_calls_facts"]) {
        for (const auto& [column, table] : {std::pair("sites_id", "general_sites"),
                                            std::pair("locations_id", "general_locations"),
                                            std::pair("dates_id", "general_dates")})
            EXPECT_EQ(scene.shelf.tables[table].count(facts.at(column)), 1U) << column;
    }
}

TEST(Ids, ACallsIdThatIsTakenIsGivenUp) {
    Scene scene;
    scene.reopen();
    const std::string first = std::to_string(call_surrogate(1, 7));
    scene.shelf.tables["callkeeper_calls"][first] = {{"_raw", R"({"meta":{"of":"2/99"}})"}};
    scene.api({api_call(7, 486, 0)}, kStart);
    EXPECT_EQ(scene.shelf.tables["callkeeper_calls"][first].size(), 1U);
    EXPECT_EQ(scene.shelf.tables["callkeeper_calls"].count(std::to_string(call_surrogate(1, 7, 1))),
              1U);
}

TEST(Ids, TheMemoryIsBounded) {
    IdMemory memory(1000);
    for (std::int64_t id = 1; id < 5000; ++id)
        memory.put(id * 7919, static_cast<std::uint64_t>(id));
    EXPECT_EQ(memory.find(4999 * 7919), 4999U);
    EXPECT_EQ(memory.find(7919), std::nullopt);
}

TEST(Ids, TheFilterForgetsNothing) {
    IdFilter filter;
    EXPECT_FALSE(filter.may_have(17));
    for (std::int64_t id = 1; id < 3000; ++id) filter.put(call_surrogate(1, id));
    unsigned wrong = 0;
    for (std::int64_t id = 1; id < 3000; ++id) {
        ASSERT_TRUE(filter.may_have(call_surrogate(1, id)));
        wrong += filter.may_have(call_surrogate(2, id)) ? 1 : 0;
    }
    EXPECT_LT(wrong, 30U);
}

}  // namespace
}  // namespace ringtail::callkeeper::testing
