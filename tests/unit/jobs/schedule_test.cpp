#include "jobs/schedule.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail::jobs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Instant at(std::string_view text) { return *parse_time(text); }

std::string next(std::string_view schedule, std::string_view after) {
    const auto instant = Schedule::parse(schedule).next_after(at(after));
    return instant ? format_time(*instant).substr(0, 16) : "never";
}

std::string error_of(std::string_view text) {
    try {
        Schedule::parse(text);
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        return error.what() + std::string(" | ") + error.hint();
    }
    return "no error";
}

TEST(Schedule, NextTimes) {
    EXPECT_EQ(next("manual", "2026-01-01"), "never");
    EXPECT_EQ(next("every 15m", "2026-01-01T10:07"), "2026-01-01T10:15");
    EXPECT_EQ(next("every 2h", "2026-01-01T10:00"), "2026-01-01T12:00");
    EXPECT_EQ(next("daily 03:30 Europe/Moscow", "2026-01-01T00:29"), "2026-01-01T00:30");
    EXPECT_EQ(next("daily 03:30 Europe/Moscow", "2026-01-01T00:30"), "2026-01-02T00:30");
    EXPECT_EQ(next("weekly mon,thu 03:30 UTC", "2026-01-01T04:00"), "2026-01-05T03:30");
    EXPECT_EQ(next("cron 5 4 * * 1-5 UTC", "2026-01-02T04:05"), "2026-01-05T04:05");
    EXPECT_EQ(next("cron 0 0 29 feb * UTC", "2026-01-01"), "2028-02-29T00:00");
    EXPECT_EQ(next("cron */20 8-9,22 * jan-mar/2 * UTC", "2026-01-31T22:40"), "2026-03-01T08:00");
    // Both kinds of day are given: either will do, as in cron.
    EXPECT_EQ(next("cron 0 0 13 * fri UTC", "2026-01-03"), "2026-01-09T00:00");
    EXPECT_EQ(next("cron 0 0 13 * fri UTC", "2026-01-10"), "2026-01-13T00:00");
    EXPECT_EQ(next("cron 0 0 * * fri-sun UTC", "2026-01-10T12:00"), "2026-01-11T00:00");
    EXPECT_EQ(next("cron 0 0 * * 7 UTC", "2026-01-05"), "2026-01-11T00:00");
}

TEST(Schedule, EveryCountsFromTheAnchor) {
    const Schedule schedule = Schedule::parse("every 10m");
    const Instant anchor = at("2026-01-01T00:03:07");
    EXPECT_EQ(schedule.next_after(at("2026-01-05T12:00"), anchor), at("2026-01-05T12:03:07"));
    EXPECT_EQ(schedule.next_after(anchor, anchor), at("2026-01-01T00:13:07"));
    EXPECT_EQ(schedule.next_after(at("2025-12-31T23:59"), anchor), anchor);
}

TEST(Schedule, ClocksGoForwardAndBack) {
    // Berlin: 2026-03-29 02:00 → 03:00 and 2026-10-25 03:00 → 02:00, both at 01:00 UTC.
    EXPECT_EQ(next("daily 02:30 Europe/Berlin", "2026-03-28T12:00"), "2026-03-29T01:00");
    EXPECT_EQ(next("daily 02:30 Europe/Berlin", "2026-03-29T01:00"), "2026-03-30T00:30");
    EXPECT_EQ(next("daily 02:30 Europe/Berlin", "2026-10-24T12:00"), "2026-10-25T00:30");
    EXPECT_EQ(next("daily 02:30 Europe/Berlin", "2026-10-25T00:30"), "2026-10-26T01:30");
    // All of 02:00 to 02:45 falls into the gap, with 03:00: one run.
    EXPECT_EQ(next("cron */15 2-3 * * * Europe/Berlin", "2026-03-28T12:00"), "2026-03-29T01:00");
    EXPECT_EQ(next("cron */15 2-3 * * * Europe/Berlin", "2026-03-29T01:00"), "2026-03-29T01:15");
}

TEST(Schedule, OneFormOfText) {
    EXPECT_EQ(Schedule::parse("  Weekly  MON,thu 03:30   Europe/Moscow ").text(),
              "weekly mon,thu 03:30 Europe/Moscow");
    EXPECT_EQ(Schedule::parse("Manual").text(), "manual");
    EXPECT_TRUE(Schedule::parse("manual").is_manual());
    EXPECT_FALSE(Schedule::parse("every 15m").is_manual());
}

TEST(Schedule, ErrorsNamePlaceAndWhatIsAllowed) {
    EXPECT_THAT(error_of(""), HasSubstr("every 15m"));
    EXPECT_THAT(error_of("hourly"), AllOf(HasSubstr("'hourly'"), HasSubstr("cron 5 4")));
    EXPECT_THAT(error_of("every 15"), AllOf(HasSubstr("'15'"), HasSubstr("1m to 31d")));
    EXPECT_THAT(error_of("every 0m"), HasSubstr("'0m'"));
    EXPECT_THAT(error_of("every 32d"), HasSubstr("'32d'"));
    EXPECT_THAT(error_of("every -5m"), HasSubstr("'-5m'"));
    EXPECT_THAT(error_of("every 99999999999999999999m"), HasSubstr("pause between runs"));
    EXPECT_THAT(error_of("daily 03:30"), AllOf(HasSubstr("3 words, not 2"), HasSubstr("zone")));
    EXPECT_THAT(error_of("daily 24:00 UTC"), AllOf(HasSubstr("'24:00'"), HasSubstr("23:59")));
    EXPECT_THAT(error_of("daily 3:30 UTC"), HasSubstr("'3:30'"));
    EXPECT_THAT(error_of("daily 0x:30 UTC"), HasSubstr("'0x:30'"));
    EXPECT_THAT(error_of("daily 03:30 Europe/Moskow"), HasSubstr("Europe/Moskow"));
    EXPECT_THAT(error_of("weekly mo 03:30 UTC"),
                AllOf(HasSubstr("weekday 'mo'"), HasSubstr("sun")));
    EXPECT_THAT(error_of("cron 60 4 * * * UTC"),
                AllOf(HasSubstr("minute '60'"), HasSubstr("0 to 59")));
    EXPECT_THAT(error_of("cron 5 24 * * * UTC"), HasSubstr("hour '24'"));
    EXPECT_THAT(error_of("cron 5 4 0 * * UTC"), HasSubstr("day of month '0'"));
    EXPECT_THAT(error_of("cron 5 4 * juni * UTC"), HasSubstr("month 'juni'"));
    EXPECT_THAT(error_of("cron 5 4 * * 5-1 UTC"), HasSubstr("ends before it begins"));
    EXPECT_THAT(error_of("cron 5/10 4 * * * UTC"), HasSubstr("before the /"));
    EXPECT_THAT(error_of("cron */0 4 * * * UTC"), HasSubstr("step"));
    EXPECT_THAT(error_of("cron 1,,2 4 * * * UTC"), HasSubstr("empty"));
    EXPECT_THAT(error_of("cron 5 4 * * 1-5"), HasSubstr("7 words, not 6"));
    EXPECT_THAT(error_of("cron 0 0 31 2 * UTC"), HasSubstr("never comes"));
}

}  // namespace
}  // namespace ringtail::jobs
