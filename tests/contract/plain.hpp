#pragma once
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/time_text.hpp"
#include "model/table.hpp"

namespace ringtail::contract {

inline bool whole_number(std::string_view text, std::int64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

inline std::string plain_decimal(const std::string& shown) {
    std::string_view rest = shown;
    const bool negative = !rest.empty() && rest.front() == '-';
    if (negative) rest.remove_prefix(1);
    std::string digits;
    std::int64_t exponent = 0;
    bool fraction = false;
    while (!rest.empty() && rest.front() != 'e' && rest.front() != 'E') {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9') return shown;
        digits += c;
        if (fraction) --exponent;
    }
    if (digits.empty()) return shown;
    if (!rest.empty()) {
        rest.remove_prefix(1);
        if (!rest.empty() && rest.front() == '+') rest.remove_prefix(1);
        std::int64_t given = 0;
        if (!whole_number(rest, given)) return shown;
        exponent += given;
    }
    while (digits.size() > 1 && digits.back() == '0') {
        digits.pop_back();
        ++exponent;
    }
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
    if (digits.empty()) return "0";
    return (negative ? "-" : "") + digits + "e" + std::to_string(exponent);
}

inline std::string plain_time(const std::string& shown) {
    std::int64_t ms = 0;
    if (whole_number(shown, ms) && ms >= 100'000'000'000) {
        return format_time(Instant(std::chrono::milliseconds(ms)));
    }
    const auto instant = parse_time(shown);
    return instant ? format_time(*instant) : shown;
}

// Databases show the same value differently (t, true, 1; 12.50, 12.5). This is the value's one form
// in this suite: booleans as true/false, decimals as "digits e exponent" without outer zeros,
// timestamps as format_time() writes them. A text that is no such value stays as it is.
inline std::optional<std::string> plain(Type type, const std::optional<std::string>& shown) {
    if (!shown) return shown;
    switch (type) {
        case Type::boolean:
            if (*shown == "t" || *shown == "1" || *shown == "TRUE") return "true";
            if (*shown == "f" || *shown == "0") return "false";
            return shown;
        case Type::int64:
        case Type::decimal:
            return plain_decimal(*shown);
        case Type::timestamp:
            return plain_time(*shown);
        case Type::text:
        case Type::json:
            return shown;
    }
    return shown;
}

}  // namespace ringtail::contract
