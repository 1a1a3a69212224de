#pragma once
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace ringtail {

// The number that std::to_string() writes so; nothing for any other text, as "007", "+7" or "7.0".
inline std::optional<std::int64_t> int64_in(std::string_view text) {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    if (digits.empty() || (digits.front() == '0' && text.size() > 1)) return std::nullopt;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// Why a row with another text in a key of type int64 is a reject.
inline constexpr std::string_view kNoWholeKey = "the key is no whole number of 64 bits";

}  // namespace ringtail
