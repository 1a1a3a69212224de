#include "base/zone.hpp"

#include <gmock/gmock.h>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail {
namespace {

using namespace std::chrono;
using testing::HasSubstr;

Instant at(std::string_view text) { return *parse_time(text); }
local_days day(int y, unsigned m, unsigned d) {
    return local_days(year_month_day(year(y), month(m), std::chrono::day(d)));
}

TEST(Zone, TellsWhatClocksShow) {
    const Zone moscow("Europe/Moscow");
    EXPECT_EQ(moscow.local(at("2024-05-01T21:30:15.9Z")), day(2024, 5, 2) + 30min + 15s);
    EXPECT_EQ(moscow.day(at("2024-05-01T20:59:59Z")), day(2024, 5, 1));
    EXPECT_EQ(moscow.day(at("2024-05-01T21:00:00Z")), day(2024, 5, 2));
    // Moscow was at +04:00 until October 2014.
    EXPECT_EQ(moscow.start(day(2013, 1, 1)), at("2012-12-31T20:00:00Z"));
}

TEST(Zone, DaysLastUntilTheNextBegins) {
    const Zone berlin("Europe/Berlin");
    EXPECT_EQ(berlin.start(day(2024, 4, 1)) - berlin.start(day(2024, 3, 31)), 23h);
    EXPECT_EQ(berlin.start(day(2024, 10, 28)) - berlin.start(day(2024, 10, 27)), 25h);
    const Zone utc("UTC");
    EXPECT_EQ(utc.start(day(2024, 3, 31)), at("2024-03-31"));
}

TEST(Zone, SkippedAndRepeatedTimes) {
    const Zone berlin("Europe/Berlin");
    EXPECT_EQ(berlin.instant(day(2024, 3, 31) + 2h + 30min), at("2024-03-31T01:00:00Z"));
    EXPECT_EQ(berlin.instant(day(2024, 10, 27) + 2h + 30min), at("2024-10-27T00:30:00Z"));
    // Midnight itself is skipped in Beirut.
    const Zone beirut("Asia/Beirut");
    EXPECT_EQ(beirut.start(day(2024, 3, 31)), at("2024-03-30T22:00:00Z"));
    EXPECT_EQ(beirut.local(beirut.start(day(2024, 3, 31))), day(2024, 3, 31) + 1h);
}

std::string hint_of(const std::string& name) {
    try {
        const Zone zone(name);
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        EXPECT_THAT(error.what(), HasSubstr('"' + name + '"'));
        return error.hint();
    }
    return "no error";
}

TEST(Zone, UnknownOnesNameANearOne) {
    EXPECT_THAT(hint_of("Europe/Moskow"), HasSubstr("Europe/Moscow?"));
    EXPECT_THAT(hint_of("europe/berlin"), HasSubstr("Europe/Berlin?"));
    EXPECT_THAT(hint_of("New York"), HasSubstr("America/New_York?"));
    EXPECT_THAT(hint_of("Middle Earth"), HasSubstr("named as"));
    EXPECT_THAT(hint_of(""), HasSubstr("named as"));
    EXPECT_NE(hint_of("/etc/localtime"), "no error");
    EXPECT_NE(hint_of("localtime"), "no error");
    EXPECT_NE(hint_of("../../../etc/passwd"), "no error");
}

TEST(Zone, TellsItsOffsets) {
    using namespace std::chrono;
    const auto offsets = [](const char* zone, sys_days from, sys_days until) {
        std::vector<std::pair<std::int64_t, std::int64_t>> all;
        for (const auto& offset : Zone(zone).offsets(from, until))
            all.emplace_back(offset.since.time_since_epoch().count(), offset.seconds.count());
        return all;
    };
    using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;
    const sys_days first = year(2014) / 1 / 1;
    const std::int64_t start = duration_cast<seconds>(first.time_since_epoch()).count();
    // 2014-10-25 22:00 UTC, for good.
    EXPECT_EQ(offsets("Europe/Moscow", first, year(2024) / 1 / 1),
              (Pairs{{start, 14'400}, {1'414'274'400, 10'800}}));
    EXPECT_EQ(offsets("Europe/Berlin", first, year(2014) / 12 / 1),
              (Pairs{{start, 3'600}, {1'396'141'200, 7'200}, {1'414'285'200, 3'600}}));
    EXPECT_EQ(offsets("UTC", first, year(2040) / 1 / 1), (Pairs{{start, 0}}));
}

}  // namespace
}  // namespace ringtail
