#include "callkeeper_readings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::sim {

const std::vector<Switch>& call_switches() {
    static const std::vector<Switch> all{
        {"from", {"inclusive", "exclusive"}, "whether date[from] itself is in the period"},
        {"to", {"inclusive", "exclusive"}, "whether date[to] itself is in the period"},
        {"plain-to",
         {"day", "midnight"},
         "a plain date as date[to] means that whole day (none of it when exclusive), or its first "
         "second"},
        {"zone",
         {"window", "dates", "ignored"},
         "time_zone moves the period's bounds; also the dates in answers; nothing"},
        {"home", {"utc", "moscow"}, "the zone of the bounds where time_zone is not given"},
        {"errors", {"object", "array"}, "the shape of {status, reason}"},
        {"info", {"object", "array"}, "what stands under result of getCallInfo"},
        {"empty", {"list", "null", "missing"}, "the result of a period without calls"},
        {"unknown", {"empty", "not-found"}, "getCallInfo of an id that is not there"},
        {"order", {"rising", "falling", "shuffled"}, "the order of the calls of a period"},
        {"visit", {"mixed", "nested", "flat"}, "where visit labels stand"},
        {"numbers", {"mixed", "numbers", "text"}, "how numbers are written"},
        {"dates", {"blank", "t", "offset"}, "2024-01-31 12:00:00, with a T, with T and +00:00"},
        {"account",
         {"fine", "soon", "expired", "no-access", "wrong-host", "unknown-user"},
         "paid for; until in three days; no more; the key may not read data; 401; 412"}};
    return all;
}

void CallSwitches::set(const std::string& name, const std::string& reading) {
    const auto& all = call_switches();
    const auto found = std::ranges::find(all, name, &Switch::name);
    if (found == all.end()) {
        std::string names;
        for (const auto& one : all) names.append(names.empty() ? "" : ", ").append(one.name);
        throw Error(Fault::config, fmt::format("CallKeeper has no switch \"{}\"", name))
            .with_hint(names);
    }
    const auto place = std::ranges::find(found->readings, reading);
    if (place == found->readings.end())
        throw Error(Fault::config, fmt::format("{} has no reading \"{}\"", name, reading))
            .with_hint(fmt::format("{}", fmt::join(found->readings, ", ")));
    const auto number = place - found->readings.begin();
    const auto put = [&](auto& into) { into = static_cast<std::decay_t<decltype(into)>>(number); };
    std::lock_guard lock(mutex_);
    if (name == "from") put(readings_.from);
    if (name == "to") put(readings_.to);
    if (name == "plain-to") put(readings_.plain_to);
    if (name == "zone") put(readings_.zone);
    if (name == "home") put(readings_.home);
    if (name == "errors") put(readings_.errors);
    if (name == "info") put(readings_.info);
    if (name == "empty") put(readings_.empty);
    if (name == "unknown") put(readings_.unknown);
    if (name == "order") put(readings_.order);
    if (name == "visit") put(readings_.visit);
    if (name == "numbers") put(readings_.numbers);
    if (name == "dates") put(readings_.dates);
    if (name == "account") put(readings_.account);
}

namespace {

constexpr std::int64_t kHourSeconds = 3600, kDaySeconds = 86'400;

struct Fixed {
    std::string_view name;
    std::int64_t hours;
};
// As they have been since 2016.
constexpr Fixed kFixed[] = {{"UTC", 0},
                            {"Etc/UTC", 0},
                            {"Europe/Moscow", 3},
                            {"Europe/Samara", 4},
                            {"Asia/Yekaterinburg", 5},
                            {"Asia/Novosibirsk", 7},
                            {"Asia/Vladivostok", 10},
                            {"Asia/Kamchatka", 12}};

// The last Sunday of a 31-day month at 01:00 UTC.
std::int64_t last_sunday(std::chrono::year year, std::chrono::month month) {
    const std::chrono::sys_days day{year / month / std::chrono::Sunday[std::chrono::last]};
    return day.time_since_epoch().count() * kDaySeconds + kHourSeconds;
}

bool european_summer(std::int64_t second) {
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(
        std::chrono::sys_seconds(std::chrono::seconds(second)))};
    return second >= last_sunday(day.year(), std::chrono::March) &&
           second < last_sunday(day.year(), std::chrono::October);
}

// UTC+03:00
std::optional<std::int64_t> written_offset(std::string_view zone) {
    if (zone.size() != 9 || !zone.starts_with("UTC") || zone[6] != ':') return std::nullopt;
    std::int64_t digits[4];
    constexpr std::size_t kPlaces[] = {4, 5, 7, 8};
    for (std::size_t i = 0; i < 4; ++i) {
        if (zone[kPlaces[i]] < '0' || zone[kPlaces[i]] > '9') return std::nullopt;
        digits[i] = zone[kPlaces[i]] - '0';
    }
    const std::int64_t offset =
        (digits[0] * 10 + digits[1]) * kHourSeconds + (digits[2] * 10 + digits[3]) * 60;
    if (zone[3] == '+') return offset;
    return zone[3] == '-' ? std::optional(-offset) : std::nullopt;
}

}  // namespace

std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t second) {
    const auto fixed = std::ranges::find(kFixed, zone, &Fixed::name);
    if (fixed != std::end(kFixed)) return fixed->hours * kHourSeconds;
    if (zone == "Europe/Berlin") return (european_summer(second) ? 2 : 1) * kHourSeconds;
    if (zone == "Europe/London") return european_summer(second) ? kHourSeconds : 0;
    return written_offset(zone);
}

std::optional<std::int64_t> zone_second(std::string_view zone, std::int64_t local) {
    const auto before = zone_offset(zone, local - kDaySeconds);
    const auto after = zone_offset(zone, local + kDaySeconds);
    if (!before || !after) return std::nullopt;
    const std::int64_t early = local - std::max(*before, *after);
    if (zone_offset(zone, early) == local - early) return early;
    return local - std::min(*before, *after);
}

}  // namespace ringtail::sim
