#include "base/json_string.hpp"

#include <algorithm>
#include <cstdint>

#include "base/utf8.hpp"

namespace ringtail {
namespace {

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::uint32_t hex_value(char c) {
    if (c <= '9') return static_cast<std::uint32_t>(c - '0');
    return (static_cast<std::uint32_t>(c) | 0x20U) - 'a' + 10U;
}

// The number of a whole \uXXXX.
std::uint32_t unit_of(std::string_view escape) {
    std::uint32_t value = 0;
    for (const char c : escape.substr(2)) value = (value << 4U) | hex_value(c);
    return value;
}

// The text of a two-byte escape.
char plain(char letter) {
    switch (letter) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        default:
            return letter;  // quote, backslash, slash
    }
}

bool is_surrogate(std::uint32_t unit) { return unit >= 0xD800 && unit <= 0xDFFF; }

}  // namespace

std::size_t escape_length(std::string_view text) {
    if (text.size() < 2) return 0;
    if (text[1] != 'u') {
        return std::string_view("\"\\/bfnrt").find(text[1]) == std::string_view::npos ? 0 : 2;
    }
    const std::string_view digits = text.substr(2, 4);
    return digits.size() == 4 && std::all_of(digits.begin(), digits.end(), is_hex) ? 6 : 0;
}

bool unescape(std::string_view body, std::string& out) {
    out.clear();
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t escape = std::min(body.find('\\', at), body.size());
        out.append(body.substr(at, escape - at));
        if (escape == body.size()) break;
        const std::size_t length = escape_length(body.substr(escape));
        if (length == 0) return false;
        at = escape + length;
        if (length == 2) {
            out += plain(body[escape + 1]);
            continue;
        }
        std::uint32_t point = unit_of(body.substr(escape, length));
        if (is_surrogate(point)) {
            const std::string_view next = body.substr(at);
            if (point > 0xDBFF || escape_length(next) != 6 || next[0] != '\\') return false;
            const std::uint32_t low = unit_of(next.substr(0, 6));
            if (low < 0xDC00 || low > 0xDFFF) return false;
            point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
            at += 6;
        }
        append_utf8(out, point);
    }
    return true;
}

}  // namespace ringtail
