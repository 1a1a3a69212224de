#include "jobs/cron_fields.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/error.hpp"

namespace ringtail::jobs {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::array<std::string_view, 8> kWeekdays{"sun", "mon", "tue", "wed",
                                                    "thu", "fri", "sat", "sun"};

std::string allowed(const CronField& field) {
    std::string text = fmt::format("{} to {}", field.lowest, field.highest);
    if (!field.names.empty()) {
        text += fmt::format(" or {} to {}", field.names.front(),
                            field.names[std::min<std::size_t>(field.names.size() - 1, 11)]);
    }
    return text;
}

Error wrong(const CronField& field, std::string_view part, const std::string& why) {
    const std::string shown = part.size() > 24 ? "(a long text)" : fmt::format("'{}'", part);
    return Error(Fault::config, fmt::format("schedule: {} {}: {}", field.name, shown, why))
        .with_hint(fmt::format("Allowed for {} are *, {}, ranges such as {}-{}, steps such as */2, "
                               "and lists of these with commas.",
                               field.name, allowed(field), field.lowest, field.lowest + 3));
}

std::optional<unsigned> whole(std::string_view text) {
    unsigned value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

unsigned value_of(const CronField& field, std::string_view part, std::string_view text) {
    if (const auto name = std::ranges::find(field.names, text); name != field.names.end()) {
        return field.lowest + static_cast<unsigned>(name - field.names.begin());
    }
    const auto number = whole(text);
    if (!number || *number < field.lowest || *number > field.highest) {
        throw wrong(field, part, fmt::format("'{}' is not {}", text, allowed(field)));
    }
    return *number;
}

void add_part(const CronField& field, std::string_view part, std::vector<unsigned>& into) {
    const auto slash = part.find('/');
    const std::string_view range = part.substr(0, slash);
    unsigned step = 1;
    if (slash != part.npos) {
        const auto given = whole(part.substr(slash + 1));
        if (!given || *given == 0 || *given > field.highest) {
            throw wrong(field, part, "the step after / is no number that fits");
        }
        step = *given;
    }
    const auto dash = range.find('-');
    unsigned from = field.lowest;
    // Sunday stands at both ends of the weekdays; * means each day once.
    unsigned to = field.lowest == 0 && field.highest == 7 ? 6 : field.highest;
    if (range != "*") {
        from = value_of(field, part, range.substr(0, dash));
        to = dash == range.npos ? from : value_of(field, part, range.substr(dash + 1));
        if (slash != part.npos && dash == range.npos) {
            throw wrong(field, part, "a step needs a range or * before the /");
        }
        // fri-sun: the name of Sunday means 0 at the begin and 7 at the end.
        if (to < from && to == 0 && field.highest == 7) to = 7;
        if (to < from) throw wrong(field, part, "the range ends before it begins");
    }
    for (unsigned value = from; value <= to; value += step) {
        into.push_back(field.highest == 7 ? value % 7 : value);
    }
}

}  // namespace

const CronField kMinute{"minute", 0, 59, {}};
const CronField kHour{"hour", 0, 23, {}};
const CronField kDay{"day of month", 1, 31, {}};
const CronField kMonth{"month", 1, 12, kMonths};
const CronField kWeekday{"weekday", 0, 7, kWeekdays};

std::vector<unsigned> parse_cron_field(const CronField& field, std::string_view text) {
    std::vector<unsigned> values;
    while (true) {
        const auto comma = text.find(',');
        const std::string_view part = text.substr(0, comma);
        if (part.empty()) throw wrong(field, part, "a part of the list is empty");
        add_part(field, part, values);
        if (comma == text.npos) return values;
        text.remove_prefix(comma + 1);
    }
}

}  // namespace ringtail::jobs
