#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/md5.hpp"
#include "decoding.hpp"

namespace ringtail::dialfire {
namespace {

using testing::Decoding;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using enum TableIndex;

Decoding decode(std::string_view connections) {
    Decoding decoding({});
    decoding.contacts(fmt::format(
        R"([{{"$id":"C","$task_log":[{{"transactions":[{{"fired":"T","connections":{}}}]}}]}}])",
        connections));
    return decoding;
}

// "id<parent", in the order of the rows.
std::vector<std::string> tree(const Decoding& decoding) {
    std::vector<std::string> shown;
    const auto ids = decoding.column(connections, "id");
    const auto parents = decoding.column(connections, "parent_connection_id");
    for (std::size_t i = 0; i < ids.size(); ++i) shown.push_back(ids[i] + "<" + parents[i]);
    return shown;
}

TEST(Connections, ATransferHangsOnTheElementBefore) {
    EXPECT_THAT(tree(decode(R"([{"id":"a","technology":"transfer","disconnected":"x"},
                                {"id":"b","technology":"transfer","disconnected":"x"},
                                {"id":"c","technology":"transfer","disconnected":"x"},
                                {"id":"d","technology":"sip","disconnected":"x"}])")),
                ElementsAre("\"a\"<null", "\"b\"<\"a\"", "\"c\"<\"b\"", "\"d\"<null"));
}

TEST(Connections, AlsoWhereTheElementBeforeIsLeftOut) {
    const auto decoding =
        decode(R"([{"id":"open"},{"id":"b","technology":"transfer","disconnected":"x"},
                                     {"id":7,"disconnected":"x"},{"id":"d","technology":"transfer","disconnected":"x"}])");
    EXPECT_THAT(tree(decoding), ElementsAre("\"b\"<\"open\"", "\"d\"<null"));
    EXPECT_THAT(decoding.out().rejects, SizeIs(1));
}

TEST(Connections, ThirdPartiesHangOnTheirConnectionAtAnyDepth) {
    EXPECT_THAT(tree(decode(R"([{"id":"a","disconnected":"x","third_party_connections":[
                                  {"id":"b","disconnected":"x","third_party_connections":[{"id":"c","disconnected":"x"}]},
                                  {"id":"d","technology":"transfer","disconnected":"x"}]}])")),
                ElementsAre("\"c\"<\"b\"", "\"b\"<\"a\"", "\"d\"<\"a\"", "\"a\"<null"));
}

TEST(Connections, AsDeepAsADocumentCanBe) {
    constexpr std::size_t kLevels = 500;
    std::string text;
    for (std::size_t i = 0; i < kLevels; ++i) {
        text += fmt::format(R"([{{"id":"k{}","disconnected":"x","third_party_connections":)", i);
    }
    text += "[]";
    for (std::size_t i = 0; i < kLevels; ++i) text += "}]";
    EXPECT_EQ(decode(text).batch(connections).rows(), kLevels);
}

TEST(Connections, OneThatIsNotOverIsLeftOutWithAllBelowAndItsContactAskedAgain) {
    const auto decoding = decode(
        R"([{"id":"a","recordings":[{"started":"s"}],"third_party_connections":[{"id":"b","disconnected":"x"}]},
                                     {"id":"c","disconnected":null},{"disconnected":""},
                                     {"id":"d","disconnected":"x","third_party_connections":[{"id":"e"}]}])");
    EXPECT_THAT(tree(decoding), ElementsAre("\"d\"<null"));
    EXPECT_EQ(decoding.batch(recordings).rows(), 0U);
    EXPECT_EQ(decoding.out().tally.open, 4U);
    ASSERT_THAT(decoding.out().rechecks, SizeIs(1));
    EXPECT_EQ(decoding.out().rechecks[0].key, "C");
    EXPECT_EQ(decoding.out().rechecks[0].step, 0);
    EXPECT_THAT(decoding.out().rejects, IsEmpty());
}

TEST(Connections, WithoutAUsableIdAreKeptAsRejectsWithAllBelow) {
    const auto decoding =
        decode(R"([{"disconnected":"x","recordings":[{"started":"s"}]},{"id":"","disconnected":"x"},
        {"id":7,"disconnected":"x"},{"id":"a\u0000","disconnected":"x"},{"id":"\ud800","disconnected":false}])");
    EXPECT_EQ(decoding.batch(connections).rows(), 0U);
    EXPECT_EQ(decoding.batch(recordings).rows(), 0U);
    ASSERT_THAT(decoding.out().rejects, SizeIs(5));
    EXPECT_EQ(decoding.out().rejects[0].key, md5_hex({"C", "T"}) + "/0");
    EXPECT_EQ(decoding.out().rejects[0].raw,
              R"({"disconnected":"x","recordings":[{"started":"s"}]})");
    EXPECT_THAT(decoding.out().rechecks, IsEmpty());
}

TEST(Connections, AreThirdPartyOnlyWhereTheDataSaysSo) {
    EXPECT_THAT(
        decode(
            R"([{"id":"a","disconnected":"x"},{"id":"b","disconnected":"x","isThirdPartyConnection":null},
                           {"id":"c","disconnected":"x","isThirdPartyConnection":true},{"id":"d","disconnected":"x","isThirdPartyConnection":"1"}])")
            .column(connections, "isThirdPartyConnection"),
        ElementsAre("false", "false", "true", "\"1\""));
}

TEST(Connections, KnowTheirTransactionAndContact) {
    const auto decoding = decode(
        R"([{"id":"a","disconnected":"x","contact_id":"z","transaction_id":"z","parent_connection_id":"p"}])");
    EXPECT_EQ(decoding.cell(connections, 0, "contact_id"), "\"C\"");
    EXPECT_EQ(decoding.cell(connections, 0, "transaction_id"), "\"" + md5_hex({"C", "T"}) + "\"");
    EXPECT_EQ(decoding.cell(connections, 0, "parent_connection_id"), "\"p\"");
}

// No row may point at a parent that the same decoding did not emit.
TEST(Connections, EveryChildHasItsParent) {
    const auto decoding = decode(
        R"([{"id":"a","disconnected":"x","recordings":[{"started":"s"},{"started":"t"}]},{"id":"open","recordings":[{}]},
                                     {"disconnected":"x","recordings":[{"started":"s"}]}])");
    const auto has = [](const std::vector<std::string>& ids, const std::string& id) {
        return std::find(ids.begin(), ids.end(), id) != ids.end();
    };
    for (const auto& id : decoding.column(recordings, "connection_id")) {
        EXPECT_TRUE(has(decoding.column(connections, "id"), id)) << id;
    }
    for (const auto& id : decoding.column(connections, "transaction_id")) {
        EXPECT_TRUE(has(decoding.column(transactions, "id"), id)) << id;
    }
    EXPECT_EQ(decoding.batch(recordings).rows(), 2U);
}

Decoding with_recordings(std::string_view list) {
    return decode(fmt::format(R"([{{"id":"K","disconnected":"x","recordings":{}}}])", list));
}

std::string id(std::string_view text) { return md5_hex({"K", text}); }
std::string shown_id(std::string_view text) { return "\"" + id(text) + "\""; }

TEST(Recordings, HaveTheirLocationsIdOrThatOfTheirStart) {
    const auto decoding = with_recordings(
        R"([{"started":"s1","location":"l1"},{"started":"s2"},{"started":"s3","location":null},{"started":"s4","location":""},{}])");
    EXPECT_THAT(
        decoding.column(recordings, "id"),
        ElementsAre(shown_id("l1"), shown_id("s2"), shown_id("s3"), shown_id("s4"), shown_id("")));
    EXPECT_THAT(decoding.column(recordings, "connection_id"), ::testing::Each("\"K\""));
    EXPECT_THAT(decoding.column(recordings, "contact_id"), ::testing::Each("\"C\""));
}

TEST(Recordings, ALocationIsHashedWhole) {
    const std::string location(5000, 'x');
    EXPECT_EQ(with_recordings(fmt::format(R"([{{"location":"{}\u00e4"}}])", location))
                  .cell(recordings, 0, "id"),
              shown_id(location + "\u00e4"));
}

TEST(Recordings, TheUploadErasesTheRowThatWasThereBefore) {
    EXPECT_THAT(with_recordings(R"([{"started":"s"}])").batch(recordings).erased(), IsEmpty());
    EXPECT_THAT(with_recordings(R"([{"started":"s","location":"l"}])").batch(recordings).erased(),
                ElementsAre(id("s")));
    EXPECT_THAT(with_recordings(R"([{"location":"l"}])").batch(recordings).erased(),
                ElementsAre(id("")));
}

TEST(Recordings, NoIdIsErasedThatIsStillInUse) {
    // Two that began at the same instant; one is uploaded. The other moves up to the plain id.
    const auto before =
        with_recordings(R"([{"started":"s","filename":"a"},{"started":"s","filename":"b"}])");
    EXPECT_THAT(before.column(recordings, "id"), ElementsAre(shown_id("s"), shown_id("s#2")));
    EXPECT_THAT(before.batch(recordings).erased(), IsEmpty());
    const auto after =
        with_recordings(R"([{"started":"s","location":"l"},{"started":"s","filename":"b"}])");
    EXPECT_THAT(after.column(recordings, "id"), ElementsAre(shown_id("l"), shown_id("s")));
    EXPECT_THAT(after.batch(recordings).erased(), ElementsAre(id("s#2")));
    const auto both =
        with_recordings(R"([{"started":"s","location":"l"},{"started":"s","location":"m"}])");
    EXPECT_THAT(both.batch(recordings).erased(),
                ::testing::UnorderedElementsAre(id("s"), id("s#2")));
    // A location that reads like a start.
    EXPECT_THAT(with_recordings(R"([{"started":"s","location":"s"}])").batch(recordings).erased(),
                IsEmpty());
}

TEST(Recordings, AnIdIsErasedOnce) {
    const std::string connection =
        R"({"id":"K","disconnected":"x","recordings":[{"started":"s","location":"l"}]})";
    EXPECT_THAT(decode("[" + connection + "," + connection + "]").batch(recordings).erased(),
                ElementsAre(id("s")));
}

TEST(Recordings, OneListedTwiceIsOneRow) {
    EXPECT_EQ(with_recordings(R"([{"started":"s"},{"started":"s"}])").batch(recordings).rows(), 1U);
    EXPECT_EQ(with_recordings(R"([{"location":"l","started":"s"},{"location":"l","started":"t"}])")
                  .column(recordings, "id"),
              (std::vector{shown_id("l"), shown_id("l#2")}));
}

TEST(Recordings, OfAConnectionSeenTwiceAreTheSame) {
    const auto decoding =
        decode(R"([{"id":"K","disconnected":"x","recordings":[{"started":"s","location":"l"}]},
                                     {"id":"K","disconnected":"x","recordings":[{"started":"s"}]}])");
    EXPECT_THAT(decoding.column(recordings, "id"), ElementsAre(shown_id("l"), shown_id("s")));
    EXPECT_THAT(decoding.batch(recordings).erased(), IsEmpty());
}

}  // namespace
}  // namespace ringtail::dialfire
