#include "text.hpp"

#include <array>
#include <charconv>

namespace ringtail::sim {

namespace {

constexpr std::string_view kSymbols = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
constexpr std::string_view kHex = "0123456789abcdef";

struct Date {
    unsigned year, month, day;
};

// Howard Hinnant's civil_from_days, for days from 1970 on.
Date date_of(std::int64_t days) {
    const auto shifted = static_cast<std::uint32_t>(days + 719468);
    const std::uint32_t era = shifted / 146097, day_of_era = shifted - era * 146097;
    const std::uint32_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::uint32_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::uint32_t part = (5 * day_of_year + 2) / 153;
    const std::uint32_t month = part < 10 ? part + 3 : part - 9;
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
            day_of_year - (153 * part + 2) / 5 + 1};
}

void put_digits(char* at, std::uint64_t number, unsigned width) {
    for (unsigned i = width; i-- > 0; number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

void put_day(char* at, std::int64_t ms, char separator) {
    const Date date = date_of(ms / kDay);
    put_digits(at, date.year, 4);
    put_digits(at + 5, date.month, 2);
    put_digits(at + 8, date.day, 2);
    at[4] = at[7] = separator;
}

}  // namespace

void append_digits(std::string& out, std::uint64_t number, unsigned width) {
    char digits[20];
    put_digits(digits, number, width);
    out.append(digits, width);
}

void append_number(std::string& out, std::int64_t number) {
    char digits[24];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

void append_hex(std::string& out, std::uint64_t bits) {
    char digits[16];
    for (unsigned i = 16; i-- > 0; bits >>= 4U) digits[i] = kHex[bits & 15U];
    out.append(digits, sizeof digits);
}

void append_uuid(std::string& out, std::uint64_t a, std::uint64_t b) {
    const std::size_t start = out.size();
    append_hex(out, a);
    append_hex(out, b);
    for (const std::size_t place : {20U, 16U, 12U, 8U}) out.insert(start + place, 1, '-');
}

void append_time(std::string& out, std::int64_t ms) {
    char text[24];
    put_day(text, ms, '-');
    const auto of_day = static_cast<std::uint64_t>(ms % kDay);
    text[10] = 'T';
    put_digits(text + 11, of_day / kHour, 2);
    put_digits(text + 14, of_day / kMinute % 60, 2);
    put_digits(text + 17, of_day / kSecond % 60, 2);
    put_digits(text + 20, of_day % kSecond, 3);
    text[13] = text[16] = ':';
    text[19] = '.';
    text[23] = 'Z';
    out.append(text, sizeof text);
}

void append_day(std::string& out, std::int64_t ms, char separator) {
    char text[10];
    put_day(text, ms, separator);
    out.append(text, sizeof text);
}

void append_symbols(std::string& out, std::uint64_t high, std::uint64_t low) {
    char text[16];
    for (unsigned i = 8; i-- > 0; high >>= 5U) text[i] = kSymbols[high & 31U];
    for (unsigned i = 16; i-- > 8; low >>= 5U) text[i] = kSymbols[low & 31U];
    out.append(text, sizeof text);
}

bool read_symbols(std::string_view text, std::uint64_t& high, std::uint64_t& low) {
    static constexpr auto kValues = [] {
        std::array<std::uint8_t, 256> values{};
        values.fill(255);
        for (std::size_t i = 0; i < kSymbols.size(); ++i)
            values[static_cast<unsigned char>(kSymbols[i])] = static_cast<std::uint8_t>(i);
        return values;
    }();
    if (text.size() != 16) return false;
    high = low = 0;
    for (std::size_t i = 0; i < 16; ++i) {
        const std::uint8_t value = kValues[static_cast<unsigned char>(text[i])];
        if (value == 255) return false;
        std::uint64_t& half = i < 8 ? high : low;
        half = half << 5U | value;
    }
    return true;
}

void append_json(std::string& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        switch (c) {
            case '"':
                out.append("\\\"");
                break;
            case '\\':
                out.append("\\\\");
                break;
            case '\n':
                out.append("\\n");
                break;
            case '\r':
                out.append("\\r");
                break;
            case '\t':
                out.append("\\t");
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out.append("\\u00");
                    out.push_back(kHex[static_cast<unsigned char>(c) >> 4U]);
                    out.push_back(kHex[static_cast<unsigned char>(c) & 15U]);
                } else {
                    out.push_back(c);
                }
        }
    }
    out.push_back('"');
}

std::string json(std::string_view text) {
    std::string out;
    append_json(out, text);
    return out;
}

}  // namespace ringtail::sim
