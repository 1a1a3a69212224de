#include "sql/utf8.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace ringtail::sql {
namespace {

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Length of the character at the front of `text`; 0 where there is none that a database would take.
std::size_t storable_length(std::string_view text) {
    return text.front() == '\0' ? 0 : utf8_length(text);
}

bool is_storable(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = storable_length(text);
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
        const std::size_t length = storable_length(text);
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
