#include "sql/number.hpp"

#include <algorithm>

namespace ringtail::sql {
namespace {

std::string_view take_digits(std::string_view& text) {
    std::size_t count = 0;
    while (count < text.size() && text[count] >= '0' && text[count] <= '9') ++count;
    const std::string_view digits = text.substr(0, count);
    text.remove_prefix(count);
    return digits;
}

bool take(std::string_view& text, char wanted) {
    if (text.empty() || text.front() != wanted) return false;
    text.remove_prefix(1);
    return true;
}

std::size_t leading_zeros(std::string_view digits) {
    return std::min(digits.find_first_not_of('0'), digits.size());
}

std::size_t trailing_zeros(std::string_view digits) {
    return digits.size() - (digits.find_last_not_of('0') + 1);
}

std::optional<std::int64_t> take_exponent(std::string_view& text) {
    constexpr std::int64_t kTooLarge = 1'000'000'000'000'000;
    const bool negative = take(text, '-');
    if (!negative) take(text, '+');
    const std::string_view digits = take_digits(text);
    if (digits.empty()) return std::nullopt;
    std::int64_t value = 0;
    for (const char digit : digits) value = std::min(value * 10 + (digit - '0'), kTooLarge);
    return negative ? -value : value;
}

}  // namespace

std::int64_t Number::highest() const {
    if (is_zero()) return 0;
    if (!whole.empty()) return static_cast<std::int64_t>(whole.size()) + exponent;
    return exponent - static_cast<std::int64_t>(leading_zeros(fraction));
}

std::int64_t Number::decimals() const {
    if (is_zero()) return 0;
    if (!fraction.empty()) return static_cast<std::int64_t>(fraction.size()) - exponent;
    return -(exponent + static_cast<std::int64_t>(trailing_zeros(whole)));
}

void Number::write(std::string& out) const {
    if (is_zero()) {
        out += '0';
        return;
    }
    if (negative) out += '-';
    std::string digits(whole);
    digits += fraction;
    digits.erase(0, leading_zeros(digits));
    digits.resize(digits.size() - trailing_zeros(digits));
    const std::int64_t before = highest();
    const std::int64_t behind = decimals();
    if (before <= 0) {
        out += "0.";
        out.append(static_cast<std::size_t>(-before), '0');
        out += digits;
    } else if (behind <= 0) {
        out += digits;
        out.append(static_cast<std::size_t>(-behind), '0');
    } else {
        digits.insert(static_cast<std::size_t>(before), 1, '.');
        out += digits;
    }
}

std::optional<Number> parse_number(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n";
    const auto first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return std::nullopt;
    std::string_view rest = text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
    Number number;
    number.plain = rest.size() == text.size();
    number.negative = take(rest, '-');
    if (!number.negative && take(rest, '+')) number.plain = false;
    number.whole = take_digits(rest);
    const bool point = take(rest, '.');
    if (point) number.fraction = take_digits(rest);
    if (number.whole.empty() && number.fraction.empty()) return std::nullopt;
    if (number.whole.empty() || (point && number.fraction.empty())) number.plain = false;
    if (take(rest, 'e') || take(rest, 'E')) {
        const auto exponent = take_exponent(rest);
        if (!exponent) return std::nullopt;
        number.exponent = *exponent;
        number.plain = false;
    }
    if (!rest.empty()) return std::nullopt;
    number.whole.remove_prefix(leading_zeros(number.whole));
    number.fraction.remove_suffix(trailing_zeros(number.fraction));
    return number;
}

}  // namespace ringtail::sql
