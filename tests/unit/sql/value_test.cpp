#include "sql/value.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>

#include "sql/utf8.hpp"

namespace ringtail::sql {
namespace {

using From = Cell::Kind;
using namespace std::string_literals;

constexpr ColumnType kText{.kind = Kind::text};
constexpr ColumnType kBoolean{.kind = Kind::boolean};
constexpr ColumnType kDecimal{.kind = Kind::decimal};
constexpr ColumnType kTime{.kind = Kind::timestamptz};

ColumnType varchar(std::uint32_t chars) { return {.kind = Kind::text, .max_chars = chars}; }
ColumnType integer(std::uint8_t bytes) { return {.kind = Kind::integer, .bytes = bytes}; }
ColumnType numeric(int precision, int scale) {
    return {.kind = Kind::decimal, .precision = precision, .scale = scale};
}
ColumnType real(std::uint8_t bytes) { return {.kind = Kind::float64, .bytes = bytes}; }
ColumnType json(bool holds_nul) { return {.kind = Kind::json, .holds_nul = holds_nul}; }

// What fit() makes of it: the text, "NULL", "narrow: reason" or "reject: reason".
std::string fitted(From kind, std::string_view text, const ColumnType& type) {
    std::string scratch = "left over";
    const Fitted result = fit({kind, text}, type, scratch);
    switch (result.outcome) {
        case Fitted::Outcome::null:
            return "NULL";
        case Fitted::Outcome::value:
            return std::string(result.text);
        case Fitted::Outcome::too_narrow:
            return "narrow: " + std::string(result.reason);
        case Fitted::Outcome::reject:
            return "reject: " + std::string(result.reason);
    }
    return "?";
}

std::string number(std::string_view text, const ColumnType& type) {
    return fitted(From::number, text, type);
}
std::string words(std::string_view text, const ColumnType& type) {
    return fitted(From::text, text, type);
}

TEST(Fit, NothingIsNullInEveryColumn) {
    for (const Kind kind :
         {Kind::text, Kind::boolean, Kind::integer, Kind::decimal, Kind::float64, Kind::timestamptz,
          Kind::timestamp, Kind::date, Kind::json, Kind::other}) {
        EXPECT_EQ(fitted(From::null, "", {.kind = kind}), "NULL");
        EXPECT_EQ(fitted(From::text, "", {.kind = kind}), "NULL");
    }
}

TEST(Fit, TextColumnsTakeEverythingAsItWasDelivered) {
    EXPECT_EQ(words("Ärger \\ \"x\"\n", kText), "Ärger \\ \"x\"\n");
    EXPECT_EQ(number("1e5", kText), "1e5");
    EXPECT_EQ(number("12.50", kText), "12.50");
    EXPECT_EQ(fitted(From::boolean, "true", kText), "1");
    EXPECT_EQ(fitted(From::boolean, "false", kText), "0");
    EXPECT_EQ(fitted(From::json, "{\"a\":[1,2]}", kText), "{\"a\":[1,2]}");
}

TEST(Fit, TextLimitsCountCodePoints) {
    EXPECT_EQ(words("äöü", varchar(3)), "äöü");
    EXPECT_EQ(words("😀😀", varchar(2)), "😀😀");
    EXPECT_EQ(words("äöüx", varchar(3)), "narrow: longer than the column");
    EXPECT_EQ(words("abc ", varchar(3)), "narrow: longer than the column");
    EXPECT_EQ(number("1234", varchar(3)), "narrow: longer than the column");
}

TEST(Fit, TextLimitsMayCountUtf16) {
    const ColumnType four{.kind = Kind::text, .max_chars = 4, .counts_utf16 = true};
    EXPECT_EQ(words("😀😀", four), "😀😀");
    EXPECT_EQ(words("äöüß", four), "äöüß");
    EXPECT_EQ(words("😀😀a", four), "narrow: longer than the column");
}

TEST(Fit, KeysMayHaveToEndWithoutABlank) {
    const ColumnType key{.kind = Kind::text, .no_end_blank = true};
    EXPECT_EQ(words(" a b", key), " a b");
    EXPECT_EQ(words("a ", key).substr(0, 7), "reject:");
    EXPECT_EQ(words(" ", key).substr(0, 7), "reject:");
}

TEST(Fit, NulNeedsAColumnThatHoldsIt) {
    EXPECT_EQ(words("a\0b"s, kText), "reject: the text holds U+0000");
    EXPECT_EQ(words("a\0b"s, {.kind = Kind::text, .holds_nul = true}), "a\0b"s);
    EXPECT_EQ(words("\0"s, {.kind = Kind::other}), "reject: the text holds U+0000");
}

TEST(Fit, BrokenTextFitsNothingButJson) {
    const std::string_view raw = R"("\ud800")";
    EXPECT_EQ(fitted(From::broken_text, raw, kText),
              "reject: the text holds half a surrogate pair");
    EXPECT_EQ(fitted(From::broken_text, raw, kTime),
              "reject: the text holds half a surrogate pair");
    EXPECT_EQ(fitted(From::broken_text, raw, json(true)), raw);
    EXPECT_EQ(fitted(From::broken_text, raw, json(false)).substr(0, 7), "reject:");
}

TEST(Fit, Booleans) {
    for (const char* yes : {"true", "TRUE", "True", "1"})
        EXPECT_EQ(words(yes, kBoolean), "1") << yes;
    for (const char* no : {"false", "FALSE", "0"}) EXPECT_EQ(words(no, kBoolean), "0") << no;
    EXPECT_EQ(fitted(From::boolean, "true", kBoolean), "1");
    EXPECT_EQ(number("0", kBoolean), "0");
    for (const char* neither : {"yes", "2", "t", " 1", "truth"}) {
        EXPECT_EQ(words(neither, kBoolean), "reject: not true or false") << neither;
    }
}

TEST(Fit, IntegersTakeWholeNumbersHoweverWritten) {
    EXPECT_EQ(number("3", integer(8)), "3");
    EXPECT_EQ(number("3.0", integer(8)), "3");
    EXPECT_EQ(number("-0", integer(8)), "0");
    EXPECT_EQ(number("1e5", integer(8)), "100000");
    EXPECT_EQ(number("120e-1", integer(8)), "12");
    EXPECT_EQ(words(" +007 ", integer(8)), "7");
    EXPECT_EQ(fitted(From::boolean, "true", integer(2)), "reject: not a number");
    EXPECT_EQ(number("0e999999999999999999999", integer(8)), "0");
}

TEST(Fit, IntegersEndWhereTheColumnEnds) {
    EXPECT_EQ(number("32767", integer(2)), "32767");
    EXPECT_EQ(number("-32768", integer(2)), "-32768");
    EXPECT_EQ(number("2147483647", integer(4)), "2147483647");
    EXPECT_EQ(number("-2147483648", integer(4)), "-2147483648");
    EXPECT_EQ(number("9223372036854775807", integer(8)), "9223372036854775807");
    EXPECT_EQ(number("-9223372036854775808", integer(8)), "-9223372036854775808");
    for (const auto& [text, bytes] : {std::pair{"32768", 2},
                                      {"-32769", 2},
                                      {"2147483648", 4},
                                      {"-2147483649", 4},
                                      {"9223372036854775808", 8},
                                      {"-9223372036854775809", 8},
                                      {"1e30", 8}}) {
        EXPECT_EQ(number(text, integer(static_cast<std::uint8_t>(bytes))).substr(0, 7), "narrow:")
            << text;
    }
    EXPECT_EQ(number("0.5", integer(8)), "narrow: not a whole number");
    EXPECT_EQ(words("abc", integer(8)), "reject: not a number");
    EXPECT_EQ(fitted(From::json, "[1]", integer(8)), "reject: not a number");
}

TEST(Fit, DecimalsKeepEveryDigit) {
    EXPECT_EQ(number("12345678901234567890.12345678901234567890", kDecimal),
              "12345678901234567890.12345678901234567890");
    EXPECT_EQ(number("12.50", kDecimal), "12.50");
    EXPECT_EQ(number("1.5e3", kDecimal), "1500");
    EXPECT_EQ(number("-15e-3", kDecimal), "-0.015");
    EXPECT_EQ(number("123.456e1", kDecimal), "1234.56");
    EXPECT_EQ(number("0.00e5", kDecimal), "0");
    EXPECT_EQ(words(".5", kDecimal), "0.5");
    EXPECT_EQ(words("5.", kDecimal), "5");
    EXPECT_EQ(words("+1", kDecimal), "1");
}

TEST(Fit, WhatIsNoNumberIsNoDecimal) {
    for (const char* text : {"12,5", "NaN", "Infinity", "-Infinity", "1e", "e5", ".", "-", "--1",
                             "1 2", "0x10", "1_000", "١٢", " "}) {
        EXPECT_EQ(words(text, kDecimal), "reject: not a number") << text;
    }
}

TEST(Fit, HugeExponentsAreNoValues) {
    for (const char* text :
         {"1e1001", "1e-1001", "1e99999999999999999999", "1e-99999999999999999999"}) {
        EXPECT_EQ(number(text, kDecimal), "reject: the number is too large or too fine") << text;
        EXPECT_EQ(number(text, integer(8)), "reject: the number is too large or too fine") << text;
    }
    EXPECT_EQ(number("1e1000", kDecimal).size(), 1001U);
    EXPECT_EQ(number("1" + std::string(131'072, '0'), kDecimal),
              "reject: the number is too large or too fine");
}

TEST(Fit, DecimalColumnsWithLimits) {
    EXPECT_EQ(number("123.45", numeric(5, 2)), "123.45");
    EXPECT_EQ(number("123.4500", numeric(5, 2)), "123.4500");
    EXPECT_EQ(number("123.456", numeric(5, 2)), "narrow: more decimals than the column");
    EXPECT_EQ(number("1234.5", numeric(5, 2)), "narrow: more digits than the column");
    EXPECT_EQ(number("0.001", numeric(2, 3)), "0.001");
    EXPECT_EQ(number("0.1", numeric(2, 3)), "narrow: more digits than the column");
    EXPECT_EQ(number("1200", numeric(2, -2)), "1200");
    EXPECT_EQ(number("1210", numeric(2, -2)), "narrow: more decimals than the column");
    EXPECT_EQ(number("0.000", numeric(1, 0)), "0.000");
}

TEST(Fit, FloatingPointColumnsTakeWhatTheyGiveBack) {
    EXPECT_EQ(number("0.1", real(8)), "0.1");
    EXPECT_EQ(number("123456789012345", real(8)), "123456789012345");
    EXPECT_EQ(number("1234567890123456", real(8)),
              "reject: a floating point column would round it");
    EXPECT_EQ(number("1e307", real(8)).size(), 308U);
    EXPECT_EQ(number("1e308", real(8)), "reject: a floating point column would round it");
    EXPECT_EQ(number("1234567", real(4)), "reject: a floating point column would round it");
    EXPECT_EQ(number("123.456", real(4)), "123.456");
}

TEST(Fit, Times) {
    EXPECT_EQ(words("2021-09-02T15:34:39.960Z", kTime), "2021-09-02T15:34:39.960Z");
    EXPECT_EQ(words("2021-09-02", kTime), "2021-09-02T00:00:00.000Z");
    EXPECT_EQ(words("2021-09-02 15:34+02:00", kTime), "2021-09-02T13:34:00.000Z");
    EXPECT_EQ(words("2021-09-02T15:34:39.123456Z", kTime), "2021-09-02T15:34:39.123456Z");
    EXPECT_EQ(words("2021-09-02T15:34:39.123000Z", kTime), "2021-09-02T15:34:39.123Z");
    EXPECT_EQ(number("1709629200000", kTime), "2024-03-05T09:00:00.000Z");
    EXPECT_EQ(number("1.7096292e12", kTime), "2024-03-05T09:00:00.000Z");
    EXPECT_EQ(words("2021-09-02T15:34:39.960Z", {.kind = Kind::timestamp}),
              "2021-09-02T15:34:39.960Z");
}

TEST(Fit, WhatIsNoTime) {
    for (const char* text : {"yesterday", "2021-02-30", "2021-02-30T00:00:00.000Z",
                             "2021-09-02T15:34:39.1234567Z", "infinity", "1709629200000"}) {
        EXPECT_EQ(words(text, kTime), "reject: not a time") << text;
    }
    for (const char* text : {"1709629200", "99999999999", "-1709629200000", "1709629200000.5",
                             "1e300", "253402300800000"}) {
        EXPECT_EQ(number(text, kTime), "reject: not a time") << text;
    }
    EXPECT_EQ(words("0000-05-05", kTime), "reject: not a time between the years 1 and 9999");
    EXPECT_EQ(words("9999-12-31T23:59:59-01:00", kTime),
              "reject: not a time between the years 1 and 9999");
    EXPECT_EQ(fitted(From::boolean, "true", kTime), "reject: not a time");
}

TEST(Fit, TimeColumnsWithLimits) {
    const ColumnType milliseconds{.kind = Kind::timestamptz, .precision = 3};
    EXPECT_EQ(words("2021-09-02T15:34:39.960Z", milliseconds), "2021-09-02T15:34:39.960Z");
    EXPECT_EQ(words("2021-09-02T15:34:39.960001Z", milliseconds),
              "narrow: a finer time than the column's");
    EXPECT_EQ(words("2021-09-02", {.kind = Kind::date}), "2021-09-02");
    EXPECT_EQ(words("2021-09-02T01:00:00+01:00", {.kind = Kind::date}), "2021-09-02");
    EXPECT_EQ(words("2021-09-02T15:34:39.960Z", {.kind = Kind::date}),
              "reject: a date column holds no time of day");
}

TEST(Fit, IntegersOfOtherDatabases) {
    const auto of = [](std::uint8_t bytes, bool is_unsigned) {
        return ColumnType{.kind = Kind::integer, .bytes = bytes, .is_unsigned = is_unsigned};
    };
    EXPECT_EQ(fitted(From::number, "127", of(1, false)), "127");
    EXPECT_EQ(fitted(From::number, "-128", of(1, false)), "-128");
    EXPECT_THAT(fitted(From::number, "128", of(1, false)), ::testing::StartsWith("narrow"));
    EXPECT_EQ(fitted(From::number, "255", of(1, true)), "255");
    EXPECT_EQ(fitted(From::number, "-8388608", of(3, false)), "-8388608");
    EXPECT_EQ(fitted(From::number, "18446744073709551615", of(8, true)), "18446744073709551615");
    EXPECT_THAT(fitted(From::number, "18446744073709551616", of(8, true)),
                ::testing::StartsWith("narrow"));
    EXPECT_THAT(fitted(From::number, "-1", of(8, true)), ::testing::StartsWith("narrow"));
    EXPECT_EQ(fitted(From::number, "-0", of(8, true)), "0");
    const ColumnType money{.kind = Kind::decimal, .is_unsigned = true};
    EXPECT_EQ(fitted(From::number, "0.5", money), "0.5");
    EXPECT_THAT(fitted(From::number, "-0.5", money), ::testing::StartsWith("narrow"));
}

TEST(Fit, TextsWithLimitsOfBytesAndCharacterSets) {
    const ColumnType bytes{.kind = Kind::text, .max_bytes = 4};
    EXPECT_EQ(fitted(From::text, "ää", bytes), "ää");
    EXPECT_THAT(fitted(From::text, "äää", bytes), ::testing::StartsWith("narrow"));
    const auto set = [](char32_t last) {
        return ColumnType{.kind = Kind::text, .last_char = last};
    };
    EXPECT_EQ(fitted(From::text, "ab", set(0x7F)), "ab");
    EXPECT_THAT(fitted(From::text, "ä", set(0x7F)), ::testing::StartsWith("narrow"));
    EXPECT_EQ(fitted(From::text, "äÿ\u00a0", set(0xFF)), "äÿ\u00a0");
    for (const char* beyond : {"\xc2\x80", "€", "Ā", "😀"})
        EXPECT_THAT(fitted(From::text, beyond, set(0xFF)), ::testing::StartsWith("narrow"));
    EXPECT_EQ(fitted(From::text, "€名", set(0xFFFF)), "€名");
    EXPECT_THAT(fitted(From::text, "a😀", set(0xFFFF)), ::testing::StartsWith("narrow"));
    EXPECT_EQ(fitted(From::text, "a😀", set(0x10FFFF)), "a😀");
}

TEST(Fit, TimesOfOtherDatabases) {
    const ColumnType plain{.kind = Kind::timestamp, .plain_times = true};
    EXPECT_EQ(fitted(From::text, "2024-03-05T10:03:27.481Z", plain), "2024-03-05 10:03:27.481");
    EXPECT_EQ(fitted(From::text, "2024-03-05T10:03:27.481516+01:00", plain),
              "2024-03-05 09:03:27.481516");
    const ColumnType unix_time{.kind = Kind::timestamp, .first_year = 1971, .last_year = 2037};
    EXPECT_EQ(fitted(From::text, "1971-01-01T00:00:00.000Z", unix_time),
              "1971-01-01T00:00:00.000Z");
    EXPECT_THAT(fitted(From::text, "1970-12-31", unix_time), ::testing::StartsWith("narrow"));
    EXPECT_THAT(fitted(From::text, "2038-01-01", unix_time), ::testing::StartsWith("narrow"));
}

TEST(Fit, TheTimeOfALoadIsCutToWhatTheColumnHolds) {
    const auto cut = [](const ColumnType& type,
                        std::string_view time = "1969-12-31T23:59:58.987654Z") {
        return fit_load_time(time, type).value_or("nothing");
    };
    EXPECT_EQ(cut({.kind = Kind::timestamp}), "1969-12-31T23:59:58.987654Z");
    EXPECT_EQ(cut({.kind = Kind::timestamp, .precision = 3}), "1969-12-31T23:59:58.987Z");
    EXPECT_EQ(cut({.kind = Kind::timestamp, .precision = 2}), "1969-12-31T23:59:58.980Z");
    EXPECT_EQ(cut({.kind = Kind::timestamptz, .precision = 0}), "1969-12-31T23:59:58.000Z");
    EXPECT_EQ(cut({.kind = Kind::timestamp, .precision = -1}), "1969-12-31T23:59:00.000Z");
    EXPECT_EQ(cut({.kind = Kind::date}), "1969-12-31");
    EXPECT_EQ(cut({.kind = Kind::text}), "1969-12-31T23:59:58.987654Z");
    EXPECT_EQ(cut({.kind = Kind::boolean}), "nothing");
    EXPECT_EQ(cut({.kind = Kind::timestamp, .first_year = 1970}), "nothing");
}

TEST(Fit, TimesOfWholeMinutes) {
    const ColumnType minutes{.kind = Kind::timestamp, .precision = -1};
    EXPECT_EQ(words("2024-03-05T10:03:00Z", minutes), "2024-03-05T10:03:00.000Z");
    EXPECT_EQ(words("2024-03-05T10:03:01Z", minutes), "narrow: a finer time than the column's");
}

TEST(Fit, JsonColumnsTakeEverythingAsJson) {
    EXPECT_EQ(words("a\"b\\c\n\x01/ä\0"s, json(true)), R"("a\"b\\c\n\u0001/ä\u0000")");
    EXPECT_EQ(number("1e5", json(true)), "1e5");
    EXPECT_EQ(fitted(From::boolean, "true", json(true)), "true");
    EXPECT_EQ(fitted(From::json, R"({"b":1,"a":"\u0000"})", json(true)), R"({"b":1,"a":"\u0000"})");
}

TEST(Fit, StrictJsonColumnsRefuseWhatIsNoText) {
    EXPECT_EQ(fitted(From::json, R"(["\ud83d\ude00","\\u0000","\\ud800"])", json(false)),
              R"(["\ud83d\ude00","\\u0000","\\ud800"])");
    for (const char* bad : {R"(["\u0000"])", R"(["\ud800"])", R"(["\ude00"])", R"(["\ud800\n"])",
                            R"(["\ud83d\ud83d"])", R"(["\\\u0000"])", R"(["\uD800)"}) {
        EXPECT_EQ(fitted(From::json, bad, json(false)).substr(0, 7), "reject:") << bad;
    }
    EXPECT_EQ(words("a\0"s, json(false)).substr(0, 7), "reject:");
}

TEST(RawJson, IsTheCellAsDelivered) {
    EXPECT_EQ(raw_json({From::null, ""}), "null");
    EXPECT_EQ(raw_json({From::boolean, "true"}), "true");
    EXPECT_EQ(raw_json({From::number, "1e5"}), "1e5");
    EXPECT_EQ(raw_json({From::text, ""}), "\"\"");
    EXPECT_EQ(raw_json({From::text, "a\0\"\\"s}), R"("a\u0000\"\\")");
    EXPECT_EQ(raw_json({From::broken_text, R"("\ud800")"}), R"("\ud800")");
}

TEST(Utf8, ClipsBetweenCodePoints) {
    EXPECT_EQ(clip("äöü", 6), "äöü");
    EXPECT_EQ(clip("äöü", 5), "äö");
    EXPECT_EQ(clip("a😀", 4), "a");
    EXPECT_EQ(count_chars("a😀ä"), 3U);
}

TEST(Utf8, StorableTextsStayAndOthersAreSpelledOut) {
    EXPECT_EQ(storable("äöü \\ 😀"), "äöü \\ 😀");
    EXPECT_EQ(storable("a\0\\b"s), "a\\x00\\\\b");
    EXPECT_EQ(storable("\xC3("), "\\xc3(");
    EXPECT_EQ(storable("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // half a surrogate pair
    EXPECT_EQ(storable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
    EXPECT_EQ(storable("\xE2\x82"), "\\xe2\\x82");
}

}  // namespace
}  // namespace ringtail::sql
