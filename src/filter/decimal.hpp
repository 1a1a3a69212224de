#pragma once
#include <compare>
#include <optional>
#include <string_view>

namespace ringtail::filter {

// Compares two decimal numbers ("200", "-0.50", "1e3", any number of digits) by value; nothing when
// one of them is no number. Blanks around them do not count.
std::optional<std::strong_ordering> compare_decimals(std::string_view left, std::string_view right);

bool is_decimal(std::string_view text);

}  // namespace ringtail::filter
