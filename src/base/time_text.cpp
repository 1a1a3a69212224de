#include "base/time_text.hpp"

#include <fmt/core.h>

namespace ringtail {
namespace {

using namespace std::chrono;

// Takes exactly `count` digits from the front of `text`.
std::optional<int> digits(std::string_view& text, std::size_t count) {
    if (text.size() < count) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(count);
    return value;
}

bool skip(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<microseconds> fraction(std::string_view& text) {
    std::int64_t value = 0;
    std::size_t count = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        if (count < 6)
            value = value * 10 + (text.front() - '0');
        else if (text.front() != '0')
            return std::nullopt;
        ++count;
        text.remove_prefix(1);
    }
    if (count == 0) return std::nullopt;
    for (std::size_t i = count; i < 6; ++i) value *= 10;
    return microseconds(value);
}

std::optional<minutes> zone(std::string_view text) {
    if (text.empty() || text == "Z" || text == "z") return minutes(0);
    const bool west = text.front() == '-';
    if (!west && text.front() != '+') return std::nullopt;
    text.remove_prefix(1);
    const auto hour = digits(text, 2);
    if (!hour || *hour > 15) return std::nullopt;
    int minute = 0;
    if (!text.empty()) {
        skip(text, ':');
        const auto read = digits(text, 2);
        if (!read || *read > 59 || !text.empty()) return std::nullopt;
        minute = *read;
    }
    const minutes offset(*hour * 60 + minute);
    return west ? -offset : offset;
}

struct Fields {
    year_month_day day;
    hh_mm_ss<microseconds> time;
};

Fields split(Instant instant) {
    const auto day = floor<days>(instant);
    return {year_month_day(day), hh_mm_ss<microseconds>(instant - day)};
}

void append_digits(std::int64_t number, std::size_t count, std::string& out) {
    out.resize(out.size() + count);
    for (std::size_t i = 1; i <= count; ++i, number /= 10)
        out[out.size() - i] = static_cast<char>('0' + number % 10);
}

// By hand, as each call has several times in it.
std::string date_and_time(const Fields& f) {
    std::string text;
    text.reserve(sizeof "YYYY-MM-DDTHH:MM:SS.mmmmmmZ");
    const int year = static_cast<int>(f.day.year());
    if (year >= 0 && year <= 9999)
        append_digits(year, 4, text);
    else
        text += fmt::format("{:04}", year);
    text += '-';
    append_digits(static_cast<unsigned>(f.day.month()), 2, text);
    text += '-';
    append_digits(static_cast<unsigned>(f.day.day()), 2, text);
    text += 'T';
    append_digits(f.time.hours().count(), 2, text);
    text += ':';
    append_digits(f.time.minutes().count(), 2, text);
    text += ':';
    append_digits(f.time.seconds().count(), 2, text);
    return text;
}

}  // namespace

std::optional<Instant> parse_time(std::string_view text) {
    const auto y = digits(text, 4);
    if (!y || !skip(text, '-')) return std::nullopt;
    const auto m = digits(text, 2);
    if (!m || !skip(text, '-')) return std::nullopt;
    const auto d = digits(text, 2);
    if (!d) return std::nullopt;
    const year_month_day date(year(*y), month(static_cast<unsigned>(*m)),
                              day(static_cast<unsigned>(*d)));
    if (!date.ok()) return std::nullopt;
    const Instant midnight = time_point_cast<microseconds>(sys_days(date));
    if (text.empty()) return midnight;
    if (!skip(text, 'T') && !skip(text, ' ')) return std::nullopt;
    const auto hour = digits(text, 2);
    if (!hour || *hour > 23 || !skip(text, ':')) return std::nullopt;
    const auto minute = digits(text, 2);
    if (!minute || *minute > 59) return std::nullopt;
    microseconds rest = hours(*hour) + minutes(*minute);
    if (skip(text, ':')) {
        const auto second = digits(text, 2);
        if (!second || *second > 59) return std::nullopt;
        rest += seconds(*second);
        if (skip(text, '.')) {
            const auto part = fraction(text);
            if (!part) return std::nullopt;
            rest += *part;
        }
    }
    const auto offset = zone(text);
    if (!offset) return std::nullopt;
    return midnight + rest - *offset;
}

std::string format_time(Instant instant) {
    const Fields f = split(instant);
    const auto us = f.time.subseconds().count();
    std::string text = date_and_time(f) + '.';
    if (us % 1000 == 0)
        append_digits(us / 1000, 3, text);
    else
        append_digits(us, 6, text);
    return text += 'Z';
}

std::string format_day(Instant instant) { return date_and_time(split(instant)).substr(0, 10); }

std::string format_api_time(Instant instant) {
    const Fields f = split(instant);
    std::string text = date_and_time(f) + '.';
    append_digits(f.time.subseconds().count() / 1000, 3, text);
    return text;
}

}  // namespace ringtail
