#include "source/dialfire/ids.hpp"

#include <gtest/gtest.h>

#include <set>

#include "base/md5.hpp"

namespace ringtail::dialfire {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kContact = "7QK2M9XWB4TN6RHJ";
constexpr std::string_view kFired = "2024-03-05T10:03:27.481Z";
constexpr std::string_view kConnection = "a7d91f0c2b6e4f5899c0d1e2f3a4b5c6";

// The worked examples of facts/dialfire.md B.7, seen in a database of the old client.
TEST(Ids, AreThoseOfTheOldClient) {
    EXPECT_EQ(TransactionIds(kContact).next(kFired, "1"), "3f468f8d6b84afc96436302bdd6c14fc");
    EXPECT_EQ(RecordingIds(kConnection).of_location("https://storage.example.com/r/tp.mp3"),
              "4c172763296f18b325e07694ccbb98b8");
    EXPECT_EQ(
        RecordingIds("0c5f5b1e6d0e4c0e9a573b1f5e2d7a11").of_started("2024-03-05T10:02:10.000Z"),
        "6d9989646d9ecd0acaa157ef2b38622c");
}

TEST(Ids, FurtherTransactionsWithTheSameTimeGetTheirSequenceNumber) {
    TransactionIds ids(kContact);
    EXPECT_EQ(ids.next(kFired, "0"), md5_hex({kContact, kFired}));
    EXPECT_EQ(ids.next(kFired, "1"), md5_hex({kContact, kFired, "1"}));
    EXPECT_EQ(ids.next(kFired, "1"), md5_hex({kContact, kFired, "1#2"}));
    EXPECT_EQ(ids.next(kFired, "1"), md5_hex({kContact, kFired, "1#3"}));
    EXPECT_EQ(ids.next(kFired, ""), md5_hex({kContact, kFired, "#2"}));
    EXPECT_EQ(ids.next(kFired, ""), md5_hex({kContact, kFired, "#3"}));
    EXPECT_EQ(ids.next("2024-03-05T10:03:27.482Z", "1"),
              md5_hex({kContact, "2024-03-05T10:03:27.482Z"}));
}

TEST(Ids, NoTransactionEverGetsTheIdOfAnother) {
    TransactionIds ids("C");
    std::set<std::string> seen;
    // "t1" + "" and "t" + "1" hash the same text.
    for (const auto& [fired, number] : {std::pair("t"sv, "1"sv),
                                        {"t1"sv, ""sv},
                                        {"t"sv, "1"sv},
                                        {"t1"sv, ""sv},
                                        {"t"sv, "1"sv},
                                        {"t1#2"sv, ""sv}}) {
        EXPECT_TRUE(seen.insert(ids.next(fired, number)).second) << fired << " " << number;
    }
}

TEST(Ids, ManyTransactionsWithTheSameTimeAreQuick) {
    TransactionIds ids("C");
    std::set<std::string> seen;
    for (int i = 0; i < 20'000; ++i) seen.insert(ids.next(kFired, "7"));
    EXPECT_EQ(seen.size(), 20'000U);
}

TEST(Ids, RecordingsOfOneConnectionAreToldApart) {
    RecordingIds ids("C");
    EXPECT_EQ(ids.of_started("t"), md5_hex({"C", "t"}));
    EXPECT_EQ(ids.of_started("t"), md5_hex({"C", "t", "#2"}));
    EXPECT_EQ(ids.of_location("l"), md5_hex({"C", "l"}));
    EXPECT_EQ(ids.of_location("l"), md5_hex({"C", "l", "#2"}));
    EXPECT_EQ(RecordingIds::waiting("C", "t", 2), md5_hex({"C", "t", "#2"}));
}

TEST(Ids, AKeyIsNotEmptyAndHasNoNul) {
    EXPECT_TRUE(usable_id("a b\nü"));
    EXPECT_FALSE(usable_id(""));
    EXPECT_FALSE(usable_id("a\0b"sv));
}

}  // namespace
}  // namespace ringtail::dialfire
