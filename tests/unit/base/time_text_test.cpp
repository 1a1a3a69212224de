#include "base/time_text.hpp"

#include <gtest/gtest.h>

namespace ringtail {
namespace {

using namespace std::chrono;

constexpr Instant at(year_month_day day, microseconds rest = microseconds(0)) {
    return Instant(sys_days(day)) + rest;
}

constexpr year_month_day kDay = 2021y / 9 / 2;
constexpr microseconds kTime = hours(15) + minutes(34) + seconds(39);

TEST(ParseTime, Forms) {
    const std::pair<const char*, Instant> cases[] = {
        {"2021-09-02", at(kDay)},
        {"2021-09-02T15:34", at(kDay, hours(15) + minutes(34))},
        {"2021-09-02T15:34:39", at(kDay, kTime)},
        {"2021-09-02 15:34:39", at(kDay, kTime)},
        {"2021-09-02T15:34:39Z", at(kDay, kTime)},
        {"2021-09-02T15:34:39z", at(kDay, kTime)},
        {"2021-09-02T15:34:39.9Z", at(kDay, kTime + milliseconds(900))},
        {"2021-09-02T15:34:39.960Z", at(kDay, kTime + milliseconds(960))},
        {"2021-09-02T15:34:39.123456Z", at(kDay, kTime + microseconds(123456))},
        {"2021-09-02T15:34:39.123456000Z", at(kDay, kTime + microseconds(123456))},
        {"2021-09-02T15:34:39+02:00", at(kDay, kTime - hours(2))},
        {"2021-09-02T15:34:39.000-0330", at(kDay, kTime + minutes(210))},
        {"2021-09-02T15:34:39+14", at(kDay, kTime - hours(14))},
        {"2021-09-02T00:10:00+01:00", at(2021y / 9 / 1, hours(23) + minutes(10))},
        {"2020-02-29", at(2020y / 2 / 29)},
        {"1970-01-01", Instant()},
        {"1969-12-31T23:59:59.999999Z", Instant(microseconds(-1))},
        {"0001-01-01", at(1y / 1 / 1)},
        {"9999-12-31T23:59:59.999999Z", at(9999y / 12 / 31, hours(24) - microseconds(1))},
    };
    for (const auto& [text, wanted] : cases) EXPECT_EQ(parse_time(text), wanted) << text;
}

TEST(ParseTime, OddTexts) {
    for (const char* text : {"",
                             " ",
                             "2021",
                             "2021-09",
                             "21-09-02",
                             "2021-9-2",
                             "2021-13-01",
                             "2021-00-01",
                             "2021-02-29",
                             "2021-04-31",
                             "2021-09-00",
                             "2021-09-02T",
                             "2021-09-02T15",
                             "2021-09-02T24:00",
                             "2021-09-02T15:60",
                             "2021-09-02T15:34:60",
                             "2021-09-02T15:34:39.",
                             "2021-09-02T15:34:39.Z",
                             "2021-09-02T15:34:39.1234567Z",
                             "2021-09-02T15:34:39Zx",
                             "2021-09-02T15:34:39+",
                             "2021-09-02T15:34:39+2",
                             "2021-09-02T15:34:39+02:",
                             "2021-09-02T15:34:39+02:0",
                             "2021-09-02T15:34:39+02:60",
                             "2021-09-02T15:34:39+16:00",
                             "2021-09-02T15:34:39 Z",
                             " 2021-09-02",
                             "2021-09-02 ",
                             "2021-09-02Z",
                             "+2021-09-02",
                             "-2021-09-02",
                             "02.09.2021",
                             "2021/09/02",
                             "1630596879",
                             "null",
                             "\xd9\xa2\xd9\xa0\xd9\xa2\xd9\xa1-09-02"})
        EXPECT_EQ(parse_time(text), std::nullopt) << text;
    EXPECT_EQ(parse_time(std::string_view("2021-09-02\0", 11)), std::nullopt);
}

TEST(FormatTime, Forms) {
    EXPECT_EQ(format_time(at(kDay, kTime)), "2021-09-02T15:34:39.000Z");
    EXPECT_EQ(format_time(at(kDay, kTime + milliseconds(60))), "2021-09-02T15:34:39.060Z");
    EXPECT_EQ(format_time(at(kDay, kTime + microseconds(60))), "2021-09-02T15:34:39.000060Z");
    EXPECT_EQ(format_time(Instant(microseconds(-1))), "1969-12-31T23:59:59.999999Z");
    EXPECT_EQ(format_time(at(1y / 1 / 1)), "0001-01-01T00:00:00.000Z");
    EXPECT_EQ(format_time(at(10000y / 1 / 1)), "10000-01-01T00:00:00.000Z");
    EXPECT_EQ(format_time(at(-1y / 12 / 31)), "-001-12-31T00:00:00.000Z");
    EXPECT_EQ(format_day(at(kDay, kTime)), "2021-09-02");
    EXPECT_EQ(format_day(Instant(microseconds(-1))), "1969-12-31");
    EXPECT_EQ(format_api_time(at(kDay, kTime + microseconds(46'800))), "2021-09-02T15:34:39.046");
    // Cut, not rounded up: a from= in the future would skip what happened just before.
    EXPECT_EQ(format_api_time(at(kDay, kTime + microseconds(999'999))), "2021-09-02T15:34:39.999");
}

TEST(FormatTime, WhatWasWrittenIsReadAgain) {
    for (long long us = -62'135'596'800'000'000; us < 253'402'300'799'999'999;
         us += 1'234'567'890'123'457) {
        const Instant instant{microseconds(us)};
        EXPECT_EQ(parse_time(format_time(instant)), instant) << us;
    }
}

}  // namespace
}  // namespace ringtail
