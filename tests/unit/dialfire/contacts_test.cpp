#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "decoding.hpp"
#include "source/dialfire/decode_pages.hpp"

namespace ringtail::dialfire {
namespace {

using testing::Decoding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Scene;
using namespace std::string_literals;
using enum TableIndex;

Decoding decode(std::string_view body, Scene scene = {}) {
    Decoding decoding(std::move(scene));
    decoding.contacts(body);
    return decoding;
}

std::string with_log(std::string_view log) {
    return fmt::format(R"([{{"$id":"C","$task_log":{}}}])", log);
}

std::string with_transactions(std::string_view transactions) {
    return with_log(fmt::format(R"([{{"transactions":{}}}])", transactions));
}

std::string with_connections(std::string_view connections) {
    return with_transactions(fmt::format(R"([{{"fired":"T","connections":{}}}])", connections));
}

Scene asked(std::vector<std::string> ids) {
    Scene scene;
    scene.asked = std::move(ids);
    return scene;
}

// Reasons and raw texts.
std::vector<std::string> rejects(const Decoding& decoding) {
    std::vector<std::string> shown;
    for (const Reject& reject : decoding.out().rejects) {
        shown.push_back(fmt::format("{} {} [{}] {}: {}", reject.table, reject.key, reject.column,
                                    reject.reason, reject.raw));
    }
    return shown;
}

TEST(Values, KeepTheirKindAndEveryDigit) {
    Scene scene;
    for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
        scene.fields.push_back({name, "text"});
    }
    const auto decoding =
        decode(R"([{"$id":"C","a":123456789012345678901234567890,"b":-0.10E+5,"c":true,
        "d":"\u0000\u001f\ud83d\ude00 </>","e":"\ud83d","f":{ "k" : [ 1.0, "\u00e4 \/" ] },"g":[ ],"h":null}])",
               std::move(scene));
    EXPECT_EQ(decoding.cell(contacts, 0, "a"), "123456789012345678901234567890");
    EXPECT_EQ(decoding.cell(contacts, 0, "b"), "-0.10E+5");
    EXPECT_EQ(decoding.cell(contacts, 0, "c"), "true");
    EXPECT_EQ(decoding.cell(contacts, 0, "d"), "\"\\x00\\x1f\U0001F600 </>\"");
    EXPECT_EQ(decoding.cell(contacts, 0, "e"), R"(broken "\ud83d")");
    EXPECT_EQ(decoding.cell(contacts, 0, "f"), R"({"k":[1.0,"\u00e4 \/"]})");
    EXPECT_EQ(decoding.cell(contacts, 0, "g"), "[]");
    EXPECT_EQ(decoding.cell(contacts, 0, "h"), "null");
    EXPECT_EQ(decoding.cell(contacts, 0, "i"), "null");
}

TEST(Values, BytesThatAreNoTextBecomeBrokenTextAndSpoilNothingElse) {
    Scene scene;
    scene.fields = {{"a", "text"}, {"b", "text"}, {"c", "text"}};
    const auto decoding = decode(
        "[{\"$id\":\"C\",\"a\":\"M\xFCller\",\"b\":\"M\xC3\xBCller\",\"c\":\"x\ty\"},{\"$id\":"
        "\"D\"}]",
        scene);
    EXPECT_EQ(decoding.cell(contacts, 0, "a"), R"(broken "M\ud800\u00fcller")");
    EXPECT_EQ(decoding.cell(contacts, 0, "b"), "\"M\u00fcller\"");
    EXPECT_EQ(decoding.cell(contacts, 0, "c"), "\"x\\ty\"");
    EXPECT_THAT(decoding.column(contacts, "$id"), ElementsAre("\"C\"", "\"D\""));
}

TEST(Values, OfAKeyGivenTwiceTheLastCounts) {
    const auto decoding = decode(
        R"([{"$id":"A","$ref":"1","x":1,"$ref":"2","\u0024id":"B","y":2,"\u0078":3,"$md5":"m","$md5":null}])");
    EXPECT_EQ(decoding.cell(contacts, 0, "$id"), "\"B\"");
    EXPECT_EQ(decoding.cell(contacts, 0, "$ref"), "\"2\"");
    EXPECT_EQ(decoding.cell(contacts, 0, "$md5"), "null");
    EXPECT_EQ(decoding.cell(contacts, 0, "_extra"), R"({"y":2,"\u0078":3})");
}

TEST(Rest, HoldsWhatHasNoColumn) {
    Scene scene;
    scene.fields = {{"known", "text"}, {"_extra", "text"}};
    const auto decoding = decode(
        R"([{"$id":"C","known":"k","$task_log":[],"$changed":"x","z":null,"a" : { "b" : 1.10 },
        "_extra":"own","\ud800":"\ud800","":[],"$trigger":""}])",
        std::move(scene));
    EXPECT_EQ(decoding.cell(contacts, 0, "_extra"),
              R"({"z":null,"a":{"b":1.10},"_extra":"own","\ud800":"\ud800","":[],"$trigger":""})");
    EXPECT_EQ(decode(R"([{"$id":"C","$task_log":null,"$changed":1}])").cell(contacts, 0, "_extra"),
              "null");
}

TEST(Rest, HoldsTheMirrorFieldsWhereTheTableLacksThem) {
    std::vector<Table> tables = make_tables({}, {});
    for (Table& table : tables)
        std::erase_if(table.columns, [](const Column& c) { return c.only_if_present; });
    Decoded out;
    for (const Table& table : tables) out.batches.emplace_back(table);
    decode_contacts(R"([{"$id":"C","$$anrufen_task":"fc"}])", {{}, tables, {}}, out);
    const Batch& batch = out.batches[contacts];
    EXPECT_EQ(batch.at(0, batch.width() - 1).text, R"({"$$anrufen_task":"fc"})");
}

TEST(Contacts, AreNotMarkedAsMissingWhateverTheyBring) {
    const auto decoding = decode(R"([{"$id":"C","_missing_at_source_since":"2024-03-05"}])");
    EXPECT_EQ(decoding.cell(contacts, 0, "_missing_at_source_since"), "null");
    EXPECT_EQ(decoding.cell(contacts, 0, "_extra"), R"({"_missing_at_source_since":"2024-03-05"})");
}

TEST(Contacts, AnswersThatAreNoListAreRefused) {
    for (const char* body :
         {"", "{}", "null", "[", R"([{"$id":"A"}] x)", R"([{"$id":"A","x":01}])"}) {
        Decoding decoding({});
        try {
            decoding.contacts(body);
            ADD_FAILURE() << body;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::data) << body;
            EXPECT_THAT(error.what(), HasSubstr("contacts: ")) << body;
        }
        EXPECT_EQ(decoding.batch(contacts).rows(), 0U) << body;
    }
}

TEST(Contacts, EveryOneAskedForIsCountedOnce) {
    const auto decoding = decode(
        R"([{"$id":"A"},null,{"$id":"A","$md5":"2"},{"$id":"Z"},{"$md5":"no id"},{"$id":"B"}])",
        asked({"A", "B", "C", "D", "A"}));
    EXPECT_EQ(decoding.out().tally.loaded, 2U);
    EXPECT_EQ(decoding.out().tally.rejected, 1U);
    EXPECT_EQ(decoding.out().tally.gone, 1U);
    EXPECT_EQ(decoding.out().tally.listed, 0U);
    EXPECT_EQ(decoding.batch(contacts).rows(), 4U);  // Z too: it came, so it is kept
}

// It was listed twice, and had changed between.
TEST(Contacts, OneWhoWasAskedForTwiceByARequestAddsUp) {
    Tally tally;
    const std::vector<std::string> asked{"a", "b", "a", "c", "a"};
    count_asked(asked, {"a", "b"}, 0, tally);
    EXPECT_EQ(tally.loaded, 2U);
    EXPECT_EQ(tally.gone, 1U);
    EXPECT_EQ(tally.equal, 2U);
    tally.listed = asked.size();
    EXPECT_TRUE(tally.adds_up());
}

TEST(Contacts, OneThatCameTwiceIsAskedAgainOnce) {
    const std::string contact = with_connections(R"([{"id":"open"}])");
    const std::string twice = "[" + contact.substr(1, contact.size() - 2) + "," + contact.substr(1);
    EXPECT_EQ(decode(twice).out().rechecks.size(), 1U);
    EXPECT_EQ(decode(twice).out().tally.open, 2U);
}

TEST(Contacts, WithoutAUsableIdAreKeptAsRejects) {
    const auto decoding = decode(
        R"([{"$id":""},{"$id":7},{"$id":"\ud800"},{"$id":"a\u0000"},{ },3,"x",{"$id":null}])");
    EXPECT_EQ(decoding.batch(contacts).rows(), 0U);
    ASSERT_EQ(decoding.out().rejects.size(), 8U);
    EXPECT_EQ(
        rejects(decoding)[0],
        R"(df_contacts element 0 of the answer [] a contact without a usable $id: {"$id":""})");
    EXPECT_EQ(rejects(decoding)[5],
              "df_contacts element 5 of the answer [] a JSON object was expected: 3");
    EXPECT_EQ(decoding.out().tally.rejected, 0U);  // none had been asked for
}

TEST(TaskLog, MissingListsAreEmpty) {
    for (const char* log :
         {"null", "\"\"", "[]", "[{}]", R"([{"transactions":null}])", R"([{"transactions":[]}])"}) {
        const auto decoding = decode(with_log(log));
        EXPECT_EQ(decoding.batch(contacts).rows(), 1U) << log;
        EXPECT_THAT(rejects(decoding), IsEmpty()) << log;
    }
    EXPECT_THAT(rejects(decode(with_connections("null"))), IsEmpty());
    EXPECT_THAT(rejects(decode(with_connections("\"\""))), IsEmpty());
}

TEST(TaskLog, WhatIsNoListOrObjectIsKeptAsReject) {
    EXPECT_THAT(rejects(decode(with_log(R"({"a": 1})"))),
                ElementsAre(R"(df_transactions C [$task_log] a list was expected: {"a": 1})"));
    EXPECT_THAT(rejects(decode(with_log(
                    R"([3,{"transactions":7},{"transactions":["x",null,{"fired":"T"}]}])"))),
                ElementsAre("df_transactions C/0 [] a JSON object was expected: 3",
                            "df_transactions C/1 [transactions] a list was expected: 7",
                            "df_transactions C/2,0 [] a JSON object was expected: \"x\"",
                            "df_transactions C/2,1 [] a JSON object was expected: null"));
    const std::string id = md5_hex({"C", "T"});
    EXPECT_THAT(rejects(decode(with_connections("[1]"))),
                ElementsAre("df_connections " + id + "/0 [] a JSON object was expected: 1"));
    EXPECT_THAT(
        rejects(decode(with_connections(
            R"([{"id":"K","disconnected":"x","recordings":1,"third_party_connections":[2]}])"))),
        ElementsAre("df_connections K/0 [] a JSON object was expected: 2",
                    "df_recordings K [recordings] a list was expected: 1"));
}

TEST(Transactions, WithoutATimeAreKeptAsRejectsWithAllBelow) {
    const auto decoding = decode(with_transactions(
        R"([{"connections":[{"id":"K","disconnected":"x"}]},{"fired":""},{"fired":5},{"fired":"T"}])"));
    EXPECT_THAT(decoding.column(transactions, "fired"), ElementsAre("\"T\""));
    EXPECT_EQ(decoding.batch(connections).rows(), 0U);
    EXPECT_THAT(
        rejects(decoding),
        ElementsAre(
            HasSubstr(
                R"(C/0,0 [] a transaction without a usable time (fired): {"connections":[{"id":"K")"),
            HasSubstr("C/0,1"), HasSubstr("C/0,2")));
}

TEST(Transactions, IdsDoNotDependOnTheFilter) {
    const std::string body = with_transactions(
        R"([{"fired":"T","type":"dial_result","sequence_nr":0},{"fired":"T","type":"update","sequence_nr":1},
            {"fired":"T","type":"update"}])");
    const std::string second = "\"" + md5_hex({"C", "T1"}) + "\"";
    const std::string third = "\"" + md5_hex({"C", "T#2"}) + "\"";
    EXPECT_THAT(decode(body).column(transactions, "id"),
                ElementsAre("\"" + md5_hex({"C", "T"}) + "\"", second, third));
    Scene scene;
    scene.options.filter.mode = FilterMode::updates_only;
    EXPECT_THAT(decode(body, scene).column(transactions, "id"), ElementsAre(second, third));
}

TEST(Transactions, OfAFilteredOneNothingIsLookedAt) {
    Scene scene;
    scene.options.filter.stages = "fc_";
    const auto decoding = decode(
        with_transactions(
            R"([{"fired":"T","task":"qc","connections":[{"id":"K"},{"id":"","disconnected":"x"}]},{"task":"qc"}])"),
        scene);
    EXPECT_EQ(decoding.batch(contacts).rows(), 1U);
    EXPECT_EQ(decoding.batch(transactions).rows(), 0U);
    EXPECT_EQ(decoding.out().tally.open, 0U);
    EXPECT_THAT(decoding.out().rechecks, IsEmpty());
    EXPECT_THAT(rejects(decoding), IsEmpty());
}

TEST(Transactions, OurIdsWinOverDeliveredOnes) {
    const auto decoding =
        decode(with_transactions(R"([{"id":"C","contact_id":"other","fired":"T","ref":"r"}])"));
    EXPECT_EQ(decoding.cell(transactions, 0, "id"), "\"" + md5_hex({"C", "T"}) + "\"");
    EXPECT_EQ(decoding.cell(transactions, 0, "contact_id"), "\"C\"");
}

}  // namespace
}  // namespace ringtail::dialfire
