#include "source/callkeeper/windows.hpp"

#include <algorithm>

namespace ringtail::callkeeper {
namespace {

using namespace std::chrono_literals;

// What an account that nothing is known of is taken for: its first window is two hours long.
constexpr double kUnknownPace = 2'500;
constexpr std::chrono::seconds kShortest = 60s;

}  // namespace

void Pace::note(const Window& window, std::size_t calls) {
    const double hours =
        std::chrono::duration<double, std::ratio<3600>>(window.to - window.from).count();
    if (hours <= 0) return;
    const double before = per_hour_ > 0 ? per_hour_ : kUnknownPace;
    // Nights are quiet: it forgets slowly.
    per_hour_ = std::max({static_cast<double>(calls) / hours, before / 2, 1.0});
}

std::chrono::seconds Pace::window_for(std::size_t calls) const {
    const double pace = per_hour_ > 0 ? per_hour_ : kUnknownPace;
    const double seconds = std::min(static_cast<double>(calls) / pace * 3600, 1e6);
    return std::max(kShortest, std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

Window next_window(const Zone& zone, Day day, Instant at, std::chrono::seconds length) {
    const Instant end = zone.start(day + std::chrono::days(1));
    // No scrap of a minute at the day's end.
    const Instant to = at + length + kShortest >= end ? end : at + length;
    return {at, to, day, to == end};
}

AskedPeriod asked_period(const Window& window, Instant now) {
    return {window.from - 1s, window.to > now ? window.to + 24h : window.to};
}

}  // namespace ringtail::callkeeper
