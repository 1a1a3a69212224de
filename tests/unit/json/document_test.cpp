#include "json/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "base/error.hpp"

namespace ringtail {
namespace {

using Kind = JsonValue::Kind;
using ::testing::HasSubstr;
using namespace std::string_literals;

template <class Read>
std::string failure_of(const Read& read) {
    try {
        read();
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::data);
        return error.what();
    }
    return {};
}

std::string error_of(std::string_view text) {
    const std::string error = failure_of([&] { const JsonDocument document(text); });
    EXPECT_EQ(failure_of([&] { JsonDocument::check(text); }), error) << text;
    return error;
}

TEST(JsonDocument, TakesEveryKindOfWholeJson) {
    for (const char* text :
         {"null", " true ", "false\n", "0", "-0", "-12.50e+3", "1E5",
          "123456789012345678901234567890", "1e999", "\"\"", R"("a\u0000\ud800")", "[]", "[ ]",
          "{}", "\t{ }\r\n", "[1,2]", "[[[[]]],{}]", R"({"a":1,"a":2,"":{}})",
          R"([ { "a" : [ null , true ] } , "x" ])"}) {
        EXPECT_EQ(error_of(text), "") << text;
    }
}

TEST(JsonDocument, ACheckTellsWhatTheTextBeginsWith) {
    EXPECT_EQ(JsonDocument::check(" [{}]"), '[');
    EXPECT_EQ(JsonDocument::check("\xEF\xBB\xBF\n{\"a\":[]}"), '{');
    EXPECT_EQ(JsonDocument::check("-1"), '-');
}

TEST(JsonDocument, RefusesWhatIsNoWholeJson) {
    for (const char* text : {"",          " ",          "nul",     "nulll",     "True",
                             "tru e",     "01",         "-",       "+1",        "1.",
                             ".5",        "1e",         "1e+",     "0x10",      "NaN",
                             "-Infinity", "'a'",        "\"a",     "\"a\\\"",   "[",
                             "[1",        "[1,",        "[1,]",    "[,1]",      "[1 2]",
                             "[1]]",      "{",          "{\"a\"",  "{\"a\":",   "{\"a\":1",
                             "{\"a\":1,", "{\"a\":1,}", "{a:1}",   "{\"a\" 1}", "{\"a\":1 \"b\":2}",
                             "{1:2}",     "[}",         "{]",      "[{]}",      "1 2",
                             "{} {}",     "[]x",        "// x\n1",

                             "\xFF",      "[\xC3\xA4]"}) {
        EXPECT_NE(error_of(text), "") << text;
    }
    EXPECT_NE(error_of("[1]\0"s), "");
}

TEST(JsonDocument, NamesTheByteWhereItStopsBeingJson) {
    EXPECT_THAT(error_of("[1, 2, x]"), HasSubstr("wrong at byte 7, where a value should stand"));
    EXPECT_THAT(error_of("{\"a\": tru"), HasSubstr("ends at byte 9, where true should stand"));
    EXPECT_THAT(error_of("[1] 2"), HasSubstr("wrong at byte 4, where the end should stand"));
    EXPECT_THAT(error_of("\"abc"), HasSubstr("ends at byte 4, where the end of a string"));
}

TEST(JsonDocument, EveryPrefixOfAnAnswerIsRefused) {
    const std::string text = R"([{"a":"\u00e4\n","b":[1.5e3,true,null],"c":{}}])";
    for (std::size_t length = 0; length < text.size(); ++length) {
        EXPECT_NE(error_of(text.substr(0, length)), "") << length;
    }
    EXPECT_EQ(error_of(text), "");
}

TEST(JsonDocument, AByteOrderMarkInFrontIsPassedOver) {
    const JsonDocument document("\xEF\xBB\xBF\n{\"id\":7}");
    EXPECT_EQ(document.root().find("id").raw(), "7");
    EXPECT_THROW(JsonDocument("\xEF\xBB\xBF"), Error);
}

TEST(JsonDocument, DepthIsBounded) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(error_of(nested(JsonDocument::kMaxDepth)), "");
    EXPECT_THAT(error_of(nested(JsonDocument::kMaxDepth + 1)), HasSubstr("deeper than 1024"));
    EXPECT_THAT(error_of(std::string(1'000'000, '[')), HasSubstr("deeper than 1024"));
}

TEST(JsonDocument, StringsThatAreNoJsonDoNotMakeItUnreadable) {
    const std::string text = "[\"a\tb\", \"M\xFCller\", \"C:\\x\", \"\\u00e4\", \"\xC3\xA4\"]";
    const JsonDocument document(text);
    std::string scratch;
    std::vector<std::string> shown;
    for (const JsonValue value : document.root().elements()) {
        std::string_view decoded;
        shown.emplace_back(value.text(decoded, scratch) ? decoded : value.raw());
    }
    EXPECT_THAT(shown, ::testing::ElementsAre("a\tb", R"("M\ud800\u00fcller")",
                                              R"("C:\ud800\u005cx")", "\u00e4", "\u00e4"));
}

// Each alone, as any of them must be noticed.
TEST(JsonDocument, EveryKindOfOddStringIsRepaired) {
    for (const auto& [text, raw] : {std::pair("[\"a\tb\"]", R"("a\u0009b")"),
                                    {"[\"\xFF\"]", R"("\ud800\u00ff")"},
                                    {"[\"\\x\"]", R"("\ud800\u005cx")"},
                                    {"[\"\\u12\"]", R"("\ud800\u005cu12")"},
                                    {"[\"\\u00e4\"]", R"("\u00e4")"}}) {
        const JsonDocument document{std::string_view(text)};
        for (const JsonValue value : document.root().elements()) EXPECT_EQ(value.raw(), raw);
    }
}

TEST(JsonDocument, ValuesAreHeldRaw) {
    const JsonDocument document(R"( {"n": -1.50E+2 , "o": { "x" : 1 } ,"s":"\u0041"} )");
    const JsonValue root = document.root();
    EXPECT_EQ(root.find("n").raw(), "-1.50E+2");
    EXPECT_EQ(root.find("o").raw(), R"({ "x" : 1 })");
    EXPECT_EQ(root.find("s").raw(), R"("\u0041")");
    std::string scratch;
    EXPECT_EQ(root.find("s").text_or_raw(scratch), "A");
    EXPECT_EQ(root.find("n").text_or_raw(scratch), "-1.50E+2");
}

TEST(JsonDocument, OfANameGivenTwiceTheLastCounts) {
    const JsonDocument document(R"({"a":1,"b":2,"\u0061":3})");
    EXPECT_EQ(document.root().find("a").raw(), "3");
    EXPECT_FALSE(document.root().find("c").exists());
    EXPECT_FALSE(document.root().find("a").find("x").exists());
}

TEST(JsonDocument, WalksOnlyWhatIsThere) {
    const JsonDocument document(R"([[1,[2]],{"a":{"b":[]},"c":4},5])");
    std::vector<Kind> kinds;
    for (const JsonValue value : document.root().elements()) kinds.push_back(value.kind());
    EXPECT_THAT(kinds, ::testing::ElementsAre(Kind::array, Kind::object, Kind::number));
    for (const auto& [name, value] : document.root().members()) FAIL() << name.raw() << value.raw();
    for (const JsonValue value : JsonValue().elements()) FAIL() << value.raw();
}

}  // namespace
}  // namespace ringtail
