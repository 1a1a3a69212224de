#include <gmock/gmock.h>

#include <cstdlib>
#include <ctime>
#include <functional>
#include <vector>

#include "base/time_text.hpp"
#include "jobs/schedule.hpp"

// A whole year, minute by minute, against the C library's clock: another reading of the same zone
// files, and no search.
namespace ringtail::jobs {
namespace {

using std::chrono::minutes;
using Matches = std::function<bool(const struct tm&)>;

// The wall clock there, as minutes since 1970 as if it were UTC.
std::int64_t wall_minute(Instant instant, struct tm& local) {
    const std::time_t since_1970 =
        std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
    ::localtime_r(&since_1970, &local);
    struct tm copy = local;
    return ::timegm(&copy) / 60;
}

struct tm shown(std::int64_t wall) {
    const std::time_t since_1970 = wall * 60;
    struct tm local = {};
    ::gmtime_r(&since_1970, &local);
    return local;
}

// Every wall-clock minute counts at the first instant at which it, or a later one, is shown.
std::vector<Instant> slow_times(const char* zone, const Matches& matches, Instant from,
                                Instant to) {
    ::setenv("TZ", zone, 1);
    ::tzset();
    struct tm local = {};
    std::vector<Instant> times;
    std::int64_t seen = wall_minute(from, local);
    for (Instant now = from + minutes(1); now < to; now += minutes(1)) {
        const std::int64_t wall = wall_minute(now, local);
        bool due = false;
        while (seen < wall) due = matches(shown(++seen)) || due;
        if (due) times.push_back(now);
    }
    return times;
}

std::vector<Instant> our_times(const std::string& text, Instant from, Instant to) {
    const Schedule schedule = Schedule::parse(text);
    std::vector<Instant> times;
    auto next = schedule.next_after(from);
    while (next && *next < to) {
        times.push_back(*next);
        next = schedule.next_after(*next);
    }
    return times;
}

struct Case {
    std::string schedule;  // without the zone
    Matches matches;
};

std::vector<Case> cases() {
    const auto time = [](int hour, int minute) {
        return [=](const struct tm& t) { return t.tm_hour == hour && t.tm_min == minute; };
    };
    return {{"daily 02:30", time(2, 30)},
            {"daily 01:45", time(1, 45)},
            {"weekly sun 02:00",
             [](const struct tm& t) { return t.tm_wday == 0 && t.tm_hour == 2 && t.tm_min == 0; }},
            {"cron */10 * * * *", [](const struct tm& t) { return t.tm_min % 10 == 0; }},
            {"cron 59 1-3 * 3,4,10,nov sun",
             [](const struct tm& t) {
                 const int month = t.tm_mon + 1;
                 return t.tm_min == 59 && t.tm_hour >= 1 && t.tm_hour <= 3 && t.tm_wday == 0 &&
                        (month == 3 || month == 4 || month == 10 || month == 11);
             }},
            {"cron 15 2 1,15 * mon-fri", [](const struct tm& t) {
                 return t.tm_min == 15 && t.tm_hour == 2 &&
                        (t.tm_mday == 1 || t.tm_mday == 15 || (t.tm_wday >= 1 && t.tm_wday <= 5));
             }}};
}

class Year : public testing::TestWithParam<const char*> {};

TEST_P(Year, EqualsTheMinuteByMinuteReference) {
    const Instant from = *parse_time("2025-12-31T23:59"), to = *parse_time("2027-01-01");
    for (const Case& one : cases()) {
        const auto expected = slow_times(GetParam(), one.matches, from, to);
        const auto got = our_times(one.schedule + " " + GetParam(), from, to);
        EXPECT_GT(expected.size(), 20U);
        ASSERT_EQ(got.size(), expected.size()) << one.schedule;
        for (std::size_t i = 0; i < got.size(); ++i) {
            ASSERT_EQ(format_time(got[i]), format_time(expected[i])) << one.schedule;
        }
    }
}

// Lord Howe's clocks move by half an hour; Moscow's not at all; Santiago's at midnight.
INSTANTIATE_TEST_SUITE_P(Zones, Year,
                         testing::Values("Europe/Berlin", "Europe/Moscow", "America/New_York",
                                         "Australia/Lord_Howe", "America/Santiago"));

}  // namespace
}  // namespace ringtail::jobs
