#include "jobs/calendar.hpp"

namespace ringtail::jobs {

bool Schedule::Calendar::on_day(std::chrono::year_month_day day) const {
    if (!months[static_cast<unsigned>(day.month())]) return false;
    const bool by_date = days[static_cast<unsigned>(day.day())];
    const std::chrono::weekday weekday{std::chrono::local_days(day)};
    const bool by_weekday = weekdays[weekday.c_encoding()];
    return either_day ? by_date || by_weekday : by_date && by_weekday;
}

std::optional<Instant> Schedule::Calendar::next_after(Instant after) const {
    // Wall-clock times in their order never mean earlier instants (see the header), so nothing
    // before the present wall-clock minute can mean a later instant.
    const auto now = std::chrono::floor<std::chrono::minutes>(zone.local(after));
    const auto today = std::chrono::floor<std::chrono::days>(now);
    for (auto day = today; day < today + std::chrono::days(9 * 366); day += std::chrono::days(1)) {
        if (!on_day(std::chrono::year_month_day(day))) continue;
        for (unsigned hour = 0; hour < 24; ++hour) {
            if (!hours[hour] || day + std::chrono::hours(hour + 1) <= now) continue;
            for (unsigned minute = 0; minute < 60; ++minute) {
                if (!minutes[minute]) continue;
                const auto local = day + std::chrono::hours(hour) + std::chrono::minutes(minute);
                if (local < now) continue;
                if (const Instant instant = zone.instant(local); instant > after) return instant;
            }
        }
    }
    return std::nullopt;
}

}  // namespace ringtail::jobs
