#include "jobs/schedule.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/error.hpp"
#include "jobs/calendar.hpp"
#include "jobs/cron_fields.hpp"

namespace ringtail::jobs {
namespace {

using std::chrono::seconds;

constexpr std::string_view kForms =
    "manual, every 15m, daily 03:30 Europe/Berlin, weekly mon,thu 03:30 Europe/Berlin and cron 5 4 "
    "* * 1-5 Europe/Berlin";
constexpr seconds kShortest = std::chrono::minutes(1), kLongest = std::chrono::days(31);

Error wrong(const std::string& what, const std::string& hint) {
    return Error(Fault::config, "schedule: " + what).with_hint(hint);
}

std::string shown(std::string_view word) {
    return word.size() > 32 ? "(a long text)" : fmt::format("'{}'", word);
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank) word += c;
        if (blank && !word.empty()) words.push_back(std::move(word)), word.clear();
    }
    if (!word.empty()) words.push_back(std::move(word));
    return words;
}

// Zone names keep their case; everything else is in lower case.
void to_lower(std::string& word) {
    std::ranges::transform(word, word.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
}

void expect_words(const std::vector<std::string>& words, std::size_t wanted,
                  std::string_view form) {
    if (words.size() == wanted) return;
    throw wrong(fmt::format("{} has {} words, not {}", words.front(), wanted, words.size()),
                fmt::format("Write {}.", form));
}

seconds parse_every(const std::string& word) {
    const auto error = [&] {
        return wrong(fmt::format("{} is no pause between runs", shown(word)),
                     "Allowed are whole minutes and hours, 1m to 31d: every 15m, every 2h, "
                     "every 1d.");
    };
    unsigned count = 0;
    const char* const end = word.data() + word.size();
    const auto [unit, problem] = std::from_chars(word.data(), end, count);
    if (problem != std::errc() || end - unit != 1) throw error();
    seconds length{0};
    if (*unit == 'm') length = std::chrono::minutes(count);
    if (*unit == 'h') length = std::chrono::hours(count);
    if (*unit == 'd') length = std::chrono::days(count);
    if (length < kShortest || length > kLongest) throw error();
    return length;
}

void parse_clock(std::string_view word, Schedule::Calendar& calendar) {
    const auto two = [&](std::size_t at) {
        unsigned value = 99;
        if (word.size() == 5) std::from_chars(word.data() + at, word.data() + at + 2, value);
        return value;
    };
    const bool digits =
        word.size() == 5 && word[2] == ':' &&
        std::ranges::count_if(word, [](char c) { return c >= '0' && c <= '9'; }) == 4;
    if (!digits || two(0) > 23 || two(3) > 59) {
        throw wrong(fmt::format("{} is no time of day", shown(word)),
                    "Write hours and minutes as 03:30, 00:00 to 23:59.");
    }
    calendar.hours.set(two(0));
    calendar.minutes.set(two(3));
}

Zone parse_zone(const std::string& word) {
    try {
        return Zone(word);
    } catch (const Error& error) {
        throw error.within("schedule");
    }
}

template <std::size_t size>
void put(std::bitset<size>& into, const CronField& field, std::string_view text) {
    for (const unsigned value : parse_cron_field(field, text)) into.set(value);
}

void check_comes(const Schedule::Calendar& calendar) {
    // A leap year and its neighbours hold every day there is.
    if (calendar.next_after(Instant(std::chrono::sys_days(std::chrono::year(2023) / 1 / 1))))
        return;
    throw wrong("that day never comes",
                "The month has no such day; the 31st is in months of 31 days only.");
}

Schedule::Calendar parse_calendar(const std::vector<std::string>& words) {
    Schedule::Calendar calendar{{}, {}, {}, {}, {}, false, parse_zone(words.back())};
    put(calendar.days, kDay, "*");
    put(calendar.months, kMonth, "*");
    put(calendar.weekdays, kWeekday, "*");
    if (words[0] == "daily") parse_clock(words[1], calendar);
    if (words[0] == "weekly") {
        calendar.weekdays.reset();
        put(calendar.weekdays, kWeekday, words[1]);
        parse_clock(words[2], calendar);
    }
    if (words[0] == "cron") {
        put(calendar.minutes, kMinute, words[1]);
        put(calendar.hours, kHour, words[2]);
        calendar.days.reset();
        calendar.months.reset();
        calendar.weekdays.reset();
        put(calendar.days, kDay, words[3]);
        put(calendar.months, kMonth, words[4]);
        put(calendar.weekdays, kWeekday, words[5]);
        calendar.either_day = !words[3].starts_with('*') && !words[5].starts_with('*');
        check_comes(calendar);
    }
    return calendar;
}

}  // namespace

Schedule Schedule::parse(std::string_view text) {
    std::vector<std::string> words = words_of(text);
    if (words.empty()) throw wrong("the text is empty", fmt::format("Allowed are {}.", kForms));
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool is_zone = i > 0 && i + 1 == words.size() && words[0] != "every";
        if (!is_zone) to_lower(words[i]);
    }
    Schedule schedule;
    if (words[0] == "manual") {
        expect_words(words, 1, "manual alone: the job runs when it is told to");
    } else if (words[0] == "every") {
        expect_words(words, 2, "for example every 15m");
        schedule.every_ = parse_every(words[1]);
    } else if (words[0] == "daily") {
        expect_words(words, 3, "the time and the zone: daily 03:30 Europe/Berlin");
    } else if (words[0] == "weekly") {
        expect_words(words, 4, "days, time and zone: weekly mon,thu 03:30 Europe/Berlin");
    } else if (words[0] == "cron") {
        expect_words(words, 7,
                     "minute, hour, day of month, month, weekday and the zone: cron 5 4 * * 1-5 "
                     "Europe/Berlin");
    } else {
        throw wrong(fmt::format("{} is no kind of schedule", shown(words[0])),
                    fmt::format("Allowed are {}.", kForms));
    }
    if (words[0] != "manual" && words[0] != "every") {
        schedule.calendar_ = std::make_shared<const Calendar>(parse_calendar(words));
    }
    schedule.text_.clear();
    for (const std::string& word : words)
        schedule.text_ += (schedule.text_.empty() ? "" : " ") + word;
    return schedule;
}

std::optional<Instant> Schedule::next_after(Instant after, Instant anchor) const {
    if (calendar_) return calendar_->next_after(after);
    if (!every_) return std::nullopt;
    const auto steps = (after - anchor) / *every_;
    Instant next = anchor + steps * *every_;
    while (next <= after) next += *every_;
    return next;
}

}  // namespace ringtail::jobs
