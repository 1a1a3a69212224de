#include "sql/rest.hpp"

#include <gtest/gtest.h>

namespace ringtail::sql {
namespace {

std::vector<std::pair<std::string, std::string>> members(std::string_view text) {
    std::vector<std::pair<std::string, std::string>> result;
    const auto split = split_object(text);
    if (!split) return {{"not", "an object"}};
    for (const Member& member : *split) result.emplace_back(member.name, member.value);
    return result;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST(Rest, SplitsAnObjectWithoutTouchingItsValues) {
    EXPECT_EQ(members(R"({"a":1e5,"b":"x,}\"]","c":{"d":[1.50,{}]},"e":[],"f":null})"),
              (Pairs{{"a", "1e5"},
                     {"b", R"("x,}\"]")"},
                     {"c", R"({"d":[1.50,{}]})"},
                     {"e", "[]"},
                     {"f", "null"}}));
    EXPECT_EQ(members("{}"), Pairs{});
    EXPECT_EQ(members(" { \"a\" : 1 , \"b\" : [ 2 , 3 ] } "),
              (Pairs{{"a", "1"}, {"b", "[ 2 , 3 ]"}}));
}

TEST(Rest, DecodesNames) {
    EXPECT_EQ(members(R"({"gr\u00f6\u00dfe":1,"\ud83d\ude00":2,"q\"\\\/\b\f\n\r\t":3,"\ud800":4})"),
              (Pairs{{"größe", "1"}, {"😀", "2"}, {"q\"\\/\b\f\n\r\t", "3"}, {R"("\ud800")", "4"}}));
}

TEST(Rest, WhatIsNoWholeObjectIsLeftAlone) {
    for (const char* text :
         {"", "null", "[]", "1", "{", R"({"a")", R"({"a":)", R"({"a":1)", R"({"a":1,)",
          R"({"a":1,})", R"({"a" 1})", R"({a:1})", R"({"a":1} x)", R"({"a":"b)", R"({"a":"b\)",
          R"({"a":[1})", R"({"a":})", R"({"a":,"b":1})", "{,}"}) {
        EXPECT_EQ(split_object(text), std::nullopt) << text;
    }
}

TEST(Rest, DepthIsNoMatter) {
    const std::string deep(100'000, '[');
    const std::string text = "{\"a\":" + deep + std::string(100'000, ']') + "}";
    EXPECT_EQ(members(text).at(0).second.size(), 200'000U);
}

TEST(Rest, JoinsWhatIsLeftAsItStood) {
    auto split = split_object(R"({"a":1.50,"\u00e4" : "x","c":[1, 2]})").value();
    split.erase(split.begin());
    EXPECT_EQ(join_object(split), R"({"\u00e4" : "x","c":[1, 2]})");
    EXPECT_EQ(join_object({}), "");
}

TEST(Rest, MakesTheCellASourceWouldDeliver) {
    const auto check = [](std::string_view raw, Cell::Kind kind, std::string_view text) {
        std::string scratch;
        const Cell cell = cell_of(raw, scratch);
        EXPECT_EQ(cell.kind, kind) << raw;
        EXPECT_EQ(cell.text, text) << raw;
    };
    check("null", Cell::Kind::null, "");
    check("true", Cell::Kind::boolean, "true");
    check("-12345678901234567890.10", Cell::Kind::number, "-12345678901234567890.10");
    check(R"({"a":1})", Cell::Kind::json, R"({"a":1})");
    check("[]", Cell::Kind::json, "[]");
    check(R"("")", Cell::Kind::text, "");
    check(R"("plain")", Cell::Kind::text, "plain");
    check(R"("\u20ac\u0000\ud83d\ude00")", Cell::Kind::text, std::string_view("€\0😀", 8));
    check(R"("a\udc00")", Cell::Kind::broken_text, R"("a\udc00")");
    check(R"("\ud800\u0041")", Cell::Kind::broken_text, R"("\ud800\u0041")");
}

TEST(Rest, ARowAsJsonHasItsValuesAndNoNulls) {
    const Table table{"t", {{"id"}, {"say \"x\""}, {"n"}, {"j"}, {"b"}}, {"id"}, {}, "", "", ""};
    Batch batch(table);
    batch.add({Cell::Kind::text, "k\n"});
    batch.add({Cell::Kind::number, "1e5"});
    batch.add({});
    batch.add({Cell::Kind::json, "[1]"});
    batch.add({Cell::Kind::broken_text, R"("\ud800")"});
    batch.end_row();
    EXPECT_EQ(row_json(batch, 0), R"({"id":"k\n","say \"x\"":1e5,"j":[1],"b":"\ud800"})");
}

}  // namespace
}  // namespace ringtail::sql
