#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::sql {

// A decimal number taken apart without changing it: whole.fraction × 10^exponent.
struct Number {
    bool negative = false;
    std::string_view whole;     // digits without leading zeros
    std::string_view fraction;  // digits without trailing zeros
    std::int64_t exponent = 0;
    bool plain = false;  // the text is -?digits[.digits]: databases read it as it stands

    bool is_zero() const { return whole.empty() && fraction.empty(); }
    // Place of the first digit that is not 0, 1 being the ones and 0 the tenths. 0 for zero.
    std::int64_t highest() const;
    // Digits behind the decimal point when written out; negative when zeros end the whole part.
    std::int64_t decimals() const;
    // Appends the number without an exponent; as long as highest() and decimals() say.
    void write(std::string& out) const;
};

// Reads [blanks][+-]digits[.digits][e[+-]digits][blanks], also ".5" and "5.". Nothing for any other
// text, "NaN" and "Infinity" among it. An exponent too large to matter is held at ±10^15.
std::optional<Number> parse_number(std::string_view text);

}  // namespace ringtail::sql
