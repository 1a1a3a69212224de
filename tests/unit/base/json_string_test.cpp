#include "base/json_string.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace ringtail {
namespace {

using namespace std::string_literals;

std::optional<std::string> decoded(std::string_view body) {
    std::string out;
    return unescape(body, out) ? std::optional(out) : std::nullopt;
}

TEST(JsonString, EscapesAreDecoded) {
    EXPECT_EQ(decoded(""), "");
    EXPECT_EQ(decoded(R"(a\"\\\/\b\f\n\r\tz)"), "a\"\\/\b\f\n\r\tz");
    EXPECT_EQ(decoded(R"(\u0041\u00e4\u20AC)"), "A\u00e4\u20ac");
    EXPECT_EQ(decoded(R"(\u0000x)"), "\0x"s);
    EXPECT_EQ(decoded(R"(\ud83d\ude00!)"), "\U0001F600!");
    EXPECT_EQ(decoded(R"(\udbff\udfff)"), "\U0010FFFF");
}

TEST(JsonString, LoneSurrogatesAreNoText) {
    for (const char* body :
         {R"(\ud83d)", R"(\ud83dx)", R"(\ude00)", R"(\ude00\ude00)", R"(\ud83d\ue000)",
          R"(\ude00\ud83d)", R"(a\ud83d\n)", R"(\ud83d\ud83d\ude00)", R"(\ud83d\u0041)"}) {
        EXPECT_EQ(decoded(body), std::nullopt) << body;
    }
}

TEST(JsonString, EscapesThatAreNoneAreNotDecoded) {
    for (const char* body : {"\\x", "a\\", "\\u12", "\\u12G4", "\\ud83d\\u12"}) {
        EXPECT_EQ(decoded(body), std::nullopt) << body;
    }
}

TEST(JsonString, EscapeLengths) {
    EXPECT_EQ(escape_length(R"(\n)"), 2U);
    EXPECT_EQ(escape_length(R"(\u00fFx)"), 6U);
    for (const char* text : {"\\", "\\x", "\\u12", "\\u12G4", "\\U0041", "\\'"}) {
        EXPECT_EQ(escape_length(text), 0U) << text;
    }
}

}  // namespace
}  // namespace ringtail
