#include "sql/value.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstring>
#include <initializer_list>

#include "base/time_text.hpp"
#include "model/int64_text.hpp"
#include "sql/number.hpp"
#include "sql/utf8.hpp"

namespace ringtail::sql {
namespace {

using Kind = sql::Kind;
using From = Cell::Kind;

// PostgreSQL's numeric ends there; SQLite keeps such numbers as text.
constexpr std::int64_t kMostWholeDigits = 131'072;
constexpr std::int64_t kMostDecimals = 16'383;
// A number written with an exponent may grow by this much; "1e100000" is an attack, not a value.
constexpr std::int64_t kMostExponent = 1'000;
// Milliseconds of 9999-12-31T23:59:59.999Z.
constexpr std::int64_t kLastMillisecond = 253'402'300'799'999;
constexpr std::int64_t kFirstMillisecond = 100'000'000'000;

constexpr Fitted kNull{};

Fitted value(std::string_view text) { return {Fitted::Outcome::value, text}; }
Fitted narrow(std::string_view reason) { return {Fitted::Outcome::too_narrow, {}, reason}; }
Fitted reject(std::string_view reason) { return {Fitted::Outcome::reject, {}, reason}; }

bool has_nul(std::string_view text) {
    return std::memchr(text.data(), '\0', text.size()) != nullptr;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    if (text.size() != lower.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) return false;
    }
    return true;
}

std::string_view plain_text(const Cell& cell) {
    if (cell.kind == From::boolean) return cell.text == "true" ? "1" : "0";
    return cell.text;
}

// Latin-1 has no printable characters from U+0080 to U+009F, and databases differ in what they put
// there.
bool has_only_chars_to(char32_t last, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x80 || (byte & 0xC0U) == 0x80) continue;
        if (last < 0x80 || (last < 0x10000 && byte >= 0xF0)) return false;
        if (last > 0xFF) continue;
        const bool is_latin1 = byte == 0xC3 || (byte == 0xC2 && i + 1 < text.size() &&
                                                static_cast<unsigned char>(text[i + 1]) >= 0xA0);
        if (!is_latin1) return false;
    }
    return true;
}

// Code points of four bytes are pairs.
std::size_t count_utf16(std::string_view text) {
    return count_chars(text) +
           static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
               return static_cast<unsigned char>(c) >= 0xF0;
           }));
}

Fitted fit_text(const Cell& cell, const ColumnType& type) {
    const std::string_view text = plain_text(cell);
    if (!type.holds_nul && has_nul(text)) return reject("the text holds U+0000");
    if (type.no_end_blank && text.ends_with(' '))
        return reject("the text ends with a blank, which the database does not tell apart");
    if (type.max_chars && text.size() > *type.max_chars) {
        const std::size_t length = type.counts_utf16 ? count_utf16(text) : count_chars(text);
        if (length > *type.max_chars) return narrow("longer than the column");
    }
    if (type.max_bytes && text.size() > *type.max_bytes) return narrow("longer than the column");
    if (type.last_char < 0x10FFFF && !has_only_chars_to(type.last_char, text))
        return narrow("a character that the column's character set lacks");
    return value(text);
}

Fitted fit_boolean(const Cell& cell) {
    if (cell.kind != From::json) {
        if (cell.text == "1" || equals_ignoring_case(cell.text, "true")) return value("1");
        if (cell.text == "0" || equals_ignoring_case(cell.text, "false")) return value("0");
    }
    return reject("not true or false");
}

std::optional<Number> number_in(const Cell& cell) {
    if (cell.kind != From::number && cell.kind != From::text) return std::nullopt;
    return parse_number(cell.text);
}

bool can_be_written(const Number& number) {
    const bool small_exponent =
        number.exponent >= -kMostExponent && number.exponent <= kMostExponent;
    return number.is_zero() || (small_exponent && number.highest() <= kMostWholeDigits &&
                                number.decimals() <= kMostDecimals);
}

Fitted written(const Number& number, const Cell& cell, std::string& scratch) {
    if (number.plain) return value(cell.text);
    scratch.clear();
    number.write(scratch);
    return value(scratch);
}

std::string_view largest(std::uint8_t bytes, bool is_unsigned) {
    switch (bytes) {
        case 1:
            return is_unsigned ? "255" : "127";
        case 2:
            return is_unsigned ? "65535" : "32767";
        case 3:
            return is_unsigned ? "16777215" : "8388607";
        case 4:
            return is_unsigned ? "4294967295" : "2147483647";
        default:
            return is_unsigned ? "18446744073709551615" : "9223372036854775807";
    }
}

bool fits_bytes(const Number& number, std::string_view written, const ColumnType& type) {
    if (number.is_zero()) return true;
    if (type.is_unsigned && number.negative) return false;
    const std::string_view limit = largest(type.bytes, type.is_unsigned);
    if (number.negative) written.remove_prefix(1);
    if (written.size() != limit.size()) return written.size() < limit.size();
    if (written <= limit) return true;
    // The negative side reaches one further.
    return number.negative &&
           written.substr(0, written.size() - 1) == limit.substr(0, limit.size() - 1) &&
           written.back() - limit.back() == 1;
}

Fitted fit_integer(const Cell& cell, const ColumnType& type, std::string& scratch) {
    // Nearly all: written as the database would, so that nothing need be written anew.
    if (type.bytes == 8 && !type.is_unsigned && int64_in(cell.text)) return value(cell.text);
    const auto number = number_in(cell);
    if (!number) return reject("not a number");
    if (!can_be_written(*number)) return reject("the number is too large or too fine");
    if (number->decimals() > 0) return narrow("not a whole number");
    if (number->highest() > 20) return narrow("larger than the column's integers");
    scratch.clear();
    number->write(scratch);
    if (!fits_bytes(*number, scratch, type)) return narrow("larger than the column's integers");
    return value(scratch);
}

Fitted fit_decimal(const Cell& cell, const ColumnType& type, std::string& scratch) {
    const auto number = number_in(cell);
    if (!number) return reject("not a number");
    if (!can_be_written(*number)) return reject("the number is too large or too fine");
    if (type.is_unsigned && number->negative && !number->is_zero())
        return narrow("below zero, and the column is unsigned");
    if (type.precision && !number->is_zero()) {
        if (number->decimals() > type.scale) return narrow("more decimals than the column");
        if (number->highest() > *type.precision - type.scale)
            return narrow("more digits than the column");
    }
    return written(*number, cell, scratch);
}

// A binary number gives back every decimal of up to 15 (4 bytes: 6) digits within its range; more
// would be rounded.
Fitted fit_float(const Cell& cell, const ColumnType& type, std::string& scratch) {
    const auto number = number_in(cell);
    if (!number) return reject("not a number");
    if (!can_be_written(*number)) return reject("the number is too large or too fine");
    const std::int64_t digits = type.bytes == 4 ? 6 : 15;
    const std::int64_t range = type.bytes == 4 ? 38 : 308;
    const std::int64_t highest = number->highest();
    if (highest + number->decimals() > digits || highest > range || highest < 2 - range) {
        return reject("a floating point column would round it");
    }
    return written(*number, cell, scratch);
}

std::optional<Instant> instant_in(const Cell& cell) {
    if (cell.kind == From::text) return parse_time(cell.text);
    if (cell.kind != From::number) return std::nullopt;
    const auto number = parse_number(cell.text);
    if (!number || number->negative || number->decimals() > 0 || number->highest() > 15) {
        return std::nullopt;
    }
    std::string digits;
    number->write(digits);
    const std::int64_t milliseconds = std::stoll(digits);
    if (milliseconds < kFirstMillisecond || milliseconds > kLastMillisecond) return std::nullopt;
    return Instant(std::chrono::milliseconds(milliseconds));
}

// YYYY-MM-DDTHH:MM:SS.mmmZ, Dialfire's own form, or with the microseconds of our times: what
// format_time would write again.
bool is_usual_form(std::string_view text) {
    const bool is_fine = text.size() == 27 && text.substr(23, 3) != "000";
    return (text.size() == 24 || is_fine) && text[10] == 'T' && text[19] == '.' &&
           text.back() == 'Z';
}

bool finer_than(Instant instant, int digits) {
    std::int64_t unit = digits < 0 ? 60'000'000 : 1'000'000;
    for (int i = 0; i < digits && unit > 1; ++i) unit /= 10;
    return instant.time_since_epoch().count() % unit != 0;
}

Fitted fit_time(const Cell& cell, const ColumnType& type, std::string& scratch) {
    const auto instant = instant_in(cell);
    if (!instant) return reject("not a time");
    const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(*instant));
    if (day.year() < std::chrono::year(1) || day.year() > std::chrono::year(9999)) {
        return reject("not a time between the years 1 and 9999");
    }
    if (static_cast<int>(day.year()) < type.first_year ||
        static_cast<int>(day.year()) > type.last_year) {
        return narrow("a time outside the column's years");
    }
    if (type.precision && finer_than(*instant, *type.precision)) {
        return narrow("a finer time than the column's");
    }
    if (type.kind == Kind::date) {
        if (finer_than(*instant, 0) ||
            std::chrono::floor<std::chrono::days>(*instant) != *instant) {
            return reject("a date column holds no time of day");
        }
        scratch = format_day(*instant);
        return value(scratch);
    }
    if (!type.plain_times && cell.kind == From::text && is_usual_form(cell.text))
        return value(cell.text);
    scratch = format_time(*instant);
    if (type.plain_times) {
        scratch[10] = ' ';
        scratch.pop_back();
    }
    return value(scratch);
}

// True where the JSON text escapes U+0000 or half of a surrogate pair, which some databases' JSON
// types refuse.
bool escapes_no_text(std::string_view json) {
    constexpr unsigned kNoUnit = 0x10000;
    const auto unit = [&](std::size_t at) {  // of \uXXXX at `at`
        unsigned code = kNoUnit;
        if (at + 6 > json.size() || json[at] != '\\' || json[at + 1] != 'u') return code;
        const auto end = json.data() + at + 6;
        return std::from_chars(json.data() + at + 2, end, code, 16).ptr == end ? code : 0U;
    };
    for (std::size_t at = json.find('\\'); at != std::string_view::npos; at = json.find('\\', at)) {
        const unsigned first = unit(at);
        if (first == 0) return true;
        if (first < 0xD800 || first > 0xDFFF) {
            at += 2;  // the character after the backslash may be a backslash itself
            continue;
        }
        const unsigned second = unit(at + 6);
        if (first >= 0xDC00 || second < 0xDC00 || second > 0xDFFF) return true;
        at += 12;
    }
    return false;
}

Fitted fit_json(const Cell& cell, const ColumnType& type, std::string& scratch) {
    std::string_view text = cell.text;
    if (cell.kind == From::text) {
        scratch.clear();
        append_json_string(cell.text, scratch);
        text = scratch;
    }
    if (!type.holds_nul && escapes_no_text(text)) {
        return reject("the JSON holds U+0000 or half a surrogate pair");
    }
    return value(text);
}

}  // namespace

void append_json_string(std::string_view text, std::string& out) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += kDigits[static_cast<unsigned char>(c) >> 4U];
                    out += kDigits[static_cast<unsigned char>(c) & 15U];
                } else {
                    out += c;
                }
        }
    }
    out += '"';
}

Fitted fit(const Cell& cell, const ColumnType& type, std::string& scratch) {
    if (cell.kind == From::null) return kNull;
    if (cell.text.empty() && cell.kind == From::text) return kNull;
    if (type.kind == Kind::json) return fit_json(cell, type, scratch);
    if (cell.kind == From::broken_text) return reject("the text holds half a surrogate pair");
    switch (type.kind) {
        case Kind::boolean:
            return fit_boolean(cell);
        case Kind::integer:
            return fit_integer(cell, type, scratch);
        case Kind::decimal:
            return fit_decimal(cell, type, scratch);
        case Kind::float64:
            return fit_float(cell, type, scratch);
        case Kind::timestamptz:
        case Kind::timestamp:
        case Kind::date:
            return fit_time(cell, type, scratch);
        case Kind::text:
        case Kind::other:
        case Kind::json:
            break;
    }
    return fit_text(cell, type);
}

std::optional<std::string> fit_load_time(std::string_view time, const ColumnType& type) {
    const auto instant = parse_time(time);
    if (!instant) return std::nullopt;
    using namespace std::chrono_literals;
    for (const Instant::duration unit : std::initializer_list<Instant::duration>{
             1us, 1ms, 10ms, 100ms, 1s, 1min, std::chrono::days(1)}) {
        std::string scratch;
        const auto day = std::chrono::floor<std::chrono::days>(*instant);
        const std::string text = format_time(*instant - (*instant - day) % unit);
        const Fitted fitted = fit({From::text, text}, type, scratch);
        if (fitted.outcome == Fitted::Outcome::value) return std::string(fitted.text);
    }
    return std::nullopt;
}

std::string raw_json(const Cell& cell) {
    if (cell.kind == From::null) return "null";
    if (cell.kind != From::text) return std::string(cell.text);
    std::string raw;
    raw.reserve(cell.text.size() + 2);
    append_json_string(cell.text, raw);
    return raw;
}

}  // namespace ringtail::sql
