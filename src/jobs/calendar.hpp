#pragma once
#include <bitset>
#include <optional>

#include "base/clock.hpp"
#include "base/zone.hpp"
#include "jobs/schedule.hpp"

namespace ringtail::jobs {

// Minutes, hours and days of the wall clock in a zone.
struct Schedule::Calendar {
    std::bitset<60> minutes;
    std::bitset<24> hours;
    std::bitset<32> days;     // 1..31
    std::bitset<13> months;   // 1..12
    std::bitset<7> weekdays;  // 0 = Sunday
    bool either_day =
        false;  // days and weekdays are both restricted: either will do (as cron has it)
    Zone zone;

    bool on_day(std::chrono::year_month_day day) const;
    // The first such time after `after`; nothing when there is none within nine years (29 February
    // comes at least every eight).
    std::optional<Instant> next_after(Instant after) const;
};

}  // namespace ringtail::jobs
