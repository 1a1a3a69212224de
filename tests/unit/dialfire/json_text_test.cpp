#include "source/dialfire/json_text.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace ringtail::dialfire {
namespace {

using namespace std::string_literals;

std::optional<std::string> decoded(std::string_view body) {
    std::string out;
    return unescape(body, out) ? std::optional(out) : std::nullopt;
}

TEST(JsonText, EscapesAreDecoded) {
    EXPECT_EQ(decoded(""), "");
    EXPECT_EQ(decoded(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(decoded(R"(\u0041\u00e4\u20AC)"), "A\u00e4\u20ac");
    EXPECT_EQ(decoded(R"(\u0000x)"), "\0x"s);
    EXPECT_EQ(decoded(R"(\ud83d\ude00!)"), "\U0001F600!");
    EXPECT_EQ(decoded(R"(\udbff\udfff)"), "\U0010FFFF");
}

TEST(JsonText, LoneSurrogatesAreNoText) {
    for (const char* body :
         {R"(\ud83d)", R"(\ud83dx)", R"(\ude00)", R"(\ude00\ude00)", R"(\ud83d\ue000)",
          R"(\ude00\ud83d)", R"(a\ud83d\n)", R"(\ud83d\ud83d\ude00)", R"(\ud83d\u0041)"}) {
        EXPECT_EQ(decoded(body), std::nullopt) << body;
    }
}

TEST(JsonText, MinifyingTouchesNoString) {
    std::string out = "x=";
    append_minified("{ \"a b\" :\n[1 ,\t\"\\\" , \\\\\" , { } ]\r\n}", out);
    EXPECT_EQ(out, "x={\"a b\":[1,\"\\\" , \\\\\",{}]}");
}

TEST(JsonText, EscapeLengths) {
    EXPECT_EQ(escape_length(R"(\n)"), 2U);
    EXPECT_EQ(escape_length(R"(\u00fFx)"), 6U);
    for (const char* text : {"\\", "\\x", "\\u12", "\\u12G4", "\\U0041", "\\'"}) {
        EXPECT_EQ(escape_length(text), 0U) << text;
    }
}

TEST(JsonText, Utf8Lengths) {
    EXPECT_EQ(utf8_length("a"), 1U);
    EXPECT_EQ(utf8_length("\u00e4"), 2U);
    EXPECT_EQ(utf8_length("\u20ac"), 3U);
    EXPECT_EQ(utf8_length("\U0001F600"), 4U);
    EXPECT_EQ(utf8_length("\xF4\x8F\xBF\xBF"), 4U);
    for (const char* text :
         {"\x80", "\xC3", "\xC3(", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE2\x82",
          "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        EXPECT_EQ(utf8_length(text), 0U) << text;
    }
}

TEST(JsonText, RepairLeavesWholeStringsAlone) {
    const std::string text = R"({"a\n\ud83d\ude00": ["ä€😀", "\ud83d", 1e5, null ]})";
    EXPECT_EQ(repair_strings(text), text);
}

TEST(JsonText, RepairEscapesControlCharactersSoThatTheySurvive) {
    EXPECT_EQ(repair_strings("\"a\tb\nc\0d\x1f\""s), R"("a\u0009b\u000ac\u0000d\u001f")");
}

TEST(JsonText, RepairMarksBytesThatAreNoText) {
    EXPECT_EQ(repair_strings("\"M\xFCller \xC3\xBC \xE2\x82\""),
              "\"M\\ud800\\u00fcller \xC3\xBC \\ud800\\u00e2\\ud800\\u0082\"");
    EXPECT_EQ(repair_strings(R"("C:\x41 \u12")"), R"("C:\ud800\u005cx41 \ud800\u005cu12")");
}

// A mark that stands behind a lone surrogate must not become half of a character.
TEST(JsonText, AMarkIsNoTextWhateverStandsAroundIt) {
    for (const std::string body : {"\xFF", "\\ud83d\xFF", "\xFF\\ude00", "\\\xFF", "\xFF\xFF"}) {
        const std::string repaired = repair_strings("\"" + body + "\"");
        EXPECT_EQ(decoded(repaired.substr(1, repaired.size() - 2)), std::nullopt) << repaired;
    }
}

}  // namespace
}  // namespace ringtail::dialfire
