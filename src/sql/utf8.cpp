#include "sql/utf8.hpp"

#include <algorithm>

namespace ringtail::sql {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Length of the code point at the front of `text`; 0 where there is none that a database would
// take.
std::size_t valid_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    if (first == 0) return 0;
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!continues(text[i])) return 0;
    }
    const unsigned second = byte(1);
    const bool overlong = (first == 0xE0 && second < 0xA0) || (first == 0xF0 && second < 0x90);
    const bool surrogate = first == 0xED && second > 0x9F;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

bool is_storable(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = valid_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

std::size_t count_chars(std::string_view text) {
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char byte) { return !continues(byte); }));
}

std::string_view clip(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && continues(text[bytes])) --bytes;
    return text.substr(0, bytes);
}

std::string storable(std::string_view text) {
    if (is_storable(text)) return std::string(text);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string safe;
    while (!text.empty()) {
        const std::size_t length = valid_length(text);
        if (length == 0) {
            const auto byte = static_cast<unsigned char>(text.front());
            safe += "\\x";
            safe += kDigits[byte >> 4U];
            safe += kDigits[byte & 15U];
            text.remove_prefix(1);
            continue;
        }
        if (text.front() == '\\') safe += '\\';
        safe += text.substr(0, length);
        text.remove_prefix(length);
    }
    return safe;
}

}  // namespace ringtail::sql
