#include "json/text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "base/json_string.hpp"

namespace ringtail {
namespace {

using namespace std::string_literals;

TEST(JsonText, MinifyingTouchesNoString) {
    std::string out = "x=";
    append_minified("{ \"a b\" :\n[1 ,\t\"\\\" , \\\\\" , { } ]\r\n}", out);
    EXPECT_EQ(out, "x={\"a b\":[1,\"\\\" , \\\\\",{}]}");
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
        std::string out;
        EXPECT_FALSE(unescape(repaired.substr(1, repaired.size() - 2), out)) << repaired;
    }
}

}  // namespace
}  // namespace ringtail
