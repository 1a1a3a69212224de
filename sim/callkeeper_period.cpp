#include "callkeeper_period.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <limits>

namespace ringtail::sim {

namespace {

// A form's encoding: a plus is a blank.
std::string decode_form(std::string_view text) {
    std::string out;
    const auto digit = [](char c) -> int {
        if (c >= '0' && c <= '9') return c - '0';
        const char low = static_cast<char>(c | 0x20);
        return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+') {
            out.push_back(' ');
        } else if (text[i] == '%' && i + 2 < text.size() && digit(text[i + 1]) >= 0 &&
                   digit(text[i + 2]) >= 0) {
            out.push_back(static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

bool read_digits(std::string_view text, std::size_t at, std::size_t count, unsigned& into) {
    into = 0;
    if (at + count > text.size()) return false;
    for (std::size_t i = at; i < at + count; ++i) {
        if (text[i] < '0' || text[i] > '9') return false;
        into = into * 10 + static_cast<unsigned>(text[i] - '0');
    }
    return true;
}

struct Written {
    std::int64_t local;  // seconds, as a clock shows it
    bool plain;          // a date alone
};

// YYYY-MM-DD, or with THH:MM:SS up to T24:00:00.
std::optional<Written> read_date(std::string_view text) {
    unsigned year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool plain = text.size() == 10;
    if (!read_digits(text, 0, 4, year) || !read_digits(text, 5, 2, month) ||
        !read_digits(text, 8, 2, day) || text[4] != '-' || text[7] != '-')
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                           std::chrono::month(month), std::chrono::day(day)};
    if (!date.ok()) return std::nullopt;
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    if (plain) return Written{days * 86'400, true};
    if (text.size() != 19 || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        !read_digits(text, 11, 2, hour) || !read_digits(text, 14, 2, minute) ||
        !read_digits(text, 17, 2, second))
        return std::nullopt;
    const bool end_of_day = hour == 24 && minute == 0 && second == 0;
    if (!end_of_day && (hour > 23 || minute > 59 || second > 59)) return std::nullopt;
    return Written{days * 86'400 + hour * std::int64_t{3600} + minute * std::int64_t{60} + second,
                   false};
}

}  // namespace

CallParameters call_parameters(const http::ServerRequest& request) {
    CallParameters all;
    for (const auto& [name, value] : request.query) all.emplace(name, value);
    const auto type = request.header("content-type").value_or("");
    if (request.method != "POST" || type.find("json") != std::string_view::npos) return all;
    std::string_view rest = request.body;
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto one = rest.substr(0, end);
        const auto equals = one.find('=');
        if (!one.empty())
            all.emplace(decode_form(one.substr(0, equals)),
                        equals == std::string_view::npos ? std::string()
                                                         : decode_form(one.substr(equals + 1)));
        if (end == std::string_view::npos) break;
        rest.remove_prefix(end + 1);
    }
    return all;
}

CallPeriod call_period(const CallParameters& parameters, const CallApiReadings& readings) {
    const auto zone_text = parameters.find("time_zone");
    std::string zone = readings.home == CallApiReadings::Home::utc ? "UTC" : "Europe/Moscow";
    if (zone_text != parameters.end() && !zone_text->second.empty()) {
        if (!zone_offset(zone_text->second, 0))
            throw CallRefusal{406, fmt::format("Wrong time_zone {}", zone_text->second)};
        if (readings.zone != CallApiReadings::Zone::ignored) zone = zone_text->second;
    }
    const auto from = parameters.find("date[from]"), to = parameters.find("date[to]");
    const auto whole = parameters.find("date");
    if (from == parameters.end() && to == parameters.end()) {
        if (whole == parameters.end()) throw CallRefusal{400, "Required key date is absent"};
        if (!whole->second.empty()) throw CallRefusal{406, "date is not an array"};
        constexpr auto kEver = std::numeric_limits<std::int64_t>::max();
        return {0, kEver};
    }
    if (from == parameters.end() || to == parameters.end())
        throw CallRefusal{409, "Too few values in date"};
    const auto first = read_date(from->second), last = read_date(to->second);
    if (!first || !last)
        throw CallRefusal{
            406, fmt::format("Wrong data type of date: {}", first ? to->second : from->second)};
    using Bound = CallApiReadings::Bound;
    CallPeriod period{*zone_second(zone, first->local), 0};
    if (readings.from == Bound::exclusive) ++period.from;
    const bool whole_day = last->plain && readings.plain_to == CallApiReadings::PlainTo::day &&
                           readings.to == Bound::inclusive;
    period.until =
        whole_day ? *zone_second(zone, last->local + 86'400)
                  : *zone_second(zone, last->local) + (readings.to == Bound::inclusive ? 1 : 0);
    return period;
}

std::vector<std::pair<int, int>> call_statuses(const CallParameters& parameters) {
    const auto found = parameters.find("statuses");
    if (found == parameters.end()) throw CallRefusal{400, "Required key statuses is absent"};
    std::vector<std::pair<int, int>> pairs;
    std::string_view rest = found->second;
    while (true) {
        const auto end = rest.find(',');
        const std::string_view one = rest.substr(0, end);
        const auto slash = one.find('/');
        int first = 0, second = 0;
        const char* const stop = one.data() + one.size();
        const auto read = std::from_chars(one.data(), stop, first);
        const bool split =
            slash != std::string_view::npos && read.ptr == one.data() + slash && slash > 0;
        if (!split || std::from_chars(one.data() + slash + 1, stop, second).ptr != stop ||
            slash + 1 == one.size())
            throw CallRefusal{406, fmt::format("Wrong data type of statuses: {}", one)};
        pairs.emplace_back(first, second);
        if (end == std::string_view::npos) return pairs;
        rest.remove_prefix(end + 1);
    }
}

}  // namespace ringtail::sim
