#include "filter/decimal.hpp"

#include <charconv>
#include <cstdint>
#include <string>

namespace ringtail::filter {
namespace {

// 0.DIGITS × 10^scale, with no zero at either end of the digits; zero has none.
struct Decimal {
    bool negative = false;
    std::string digits;
    std::int64_t scale = 0;
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// Takes digits from the front of `text` into `out`.
std::size_t take_digits(std::string_view& text, std::string& out) {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    out += text.substr(0, count);
    text.remove_prefix(count);
    return count;
}

std::optional<Decimal> parse(std::string_view text) {
    text = trimmed(text);
    Decimal number;
    if (!text.empty() && (text.front() == '-' || text.front() == '+')) {
        number.negative = text.front() == '-';
        text.remove_prefix(1);
    }
    const std::size_t whole = take_digits(text, number.digits);
    std::size_t fraction = 0;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        fraction = take_digits(text, number.digits);
    }
    if (whole + fraction == 0) return std::nullopt;
    number.scale = static_cast<std::int64_t>(whole);
    if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
        text.remove_prefix(1);
        if (!text.empty() && text.front() == '+') text.remove_prefix(1);
        std::int32_t exponent = 0;
        const auto [end, failed] =
            std::from_chars(text.data(), text.data() + text.size(), exponent);
        if (failed != std::errc() || end == text.data()) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        number.scale += exponent;
    }
    if (!text.empty()) return std::nullopt;
    const auto leading = number.digits.find_first_not_of('0');
    if (leading == std::string::npos) return Decimal{};
    number.scale -= static_cast<std::int64_t>(leading);
    number.digits.erase(0, leading);
    number.digits.erase(number.digits.find_last_not_of('0') + 1);
    return number;
}

std::strong_ordering compare_sizes(const Decimal& left, const Decimal& right) {
    if (left.scale != right.scale) return left.scale <=> right.scale;
    return left.digits.compare(right.digits) <=> 0;
}

}  // namespace

std::optional<std::strong_ordering> compare_decimals(std::string_view left,
                                                     std::string_view right) {
    const auto one = parse(left);
    const auto other = parse(right);
    if (!one || !other) return std::nullopt;
    const auto sign = [](const Decimal& number) {
        return number.digits.empty() ? 0 : number.negative ? -1 : 1;
    };
    if (sign(*one) != sign(*other) || sign(*one) == 0) return sign(*one) <=> sign(*other);
    return one->negative ? compare_sizes(*other, *one) : compare_sizes(*one, *other);
}

bool is_decimal(std::string_view text) { return parse(text).has_value(); }

}  // namespace ringtail::filter
