#include "source/dialfire/json_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

namespace ringtail::dialfire {
namespace {

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::uint32_t hex_value(char c) {
    if (c <= '9') return static_cast<std::uint32_t>(c - '0');
    return (static_cast<std::uint32_t>(c) | 0x20U) - 'a' + 10U;
}

std::uint32_t hex4(std::string_view digits) {
    std::uint32_t value = 0;
    for (const char c : digits.substr(0, 4)) value = (value << 4U) | hex_value(c);
    return value;
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xC0U | (point >> 6U));
        byte(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        byte(0xE0U | (point >> 12U));
        byte(0x80U | ((point >> 6U) & 0x3FU));
        byte(0x80U | (point & 0x3FU));
    } else {
        byte(0xF0U | (point >> 18U));
        byte(0x80U | ((point >> 12U) & 0x3FU));
        byte(0x80U | ((point >> 6U) & 0x3FU));
        byte(0x80U | (point & 0x3FU));
    }
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

void append_bad_byte(std::string& out, char c) {
    out += fmt::format("\\ud800\\u{:04x}", static_cast<unsigned char>(c));
}

}  // namespace

std::size_t escape_length(std::string_view text) {
    if (text.size() < 2) return 0;
    if (text[1] != 'u') {
        return std::string_view("\"\\/bfnrt").find(text[1]) == std::string_view::npos ? 0 : 2;
    }
    const std::string_view digits = text.substr(2, 4);
    return digits.size() == 4 && std::all_of(digits.begin(), digits.end(), is_hex) ? 6 : 0;
}

std::size_t utf8_length(std::string_view text) {
    const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead < 0xC2   ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    }
    // Over-long forms, UTF-16 surrogates and what lies beyond U+10FFFF.
    const unsigned second = byte(1);
    const bool wrong = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                       (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
    return wrong ? 0 : length;
}

bool unescape(std::string_view body, std::string& out) {
    out.clear();
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t escape = std::min(body.find('\\', at), body.size());
        out.append(body.substr(at, escape - at));
        if (escape == body.size()) break;
        if (body[escape + 1] != 'u') {
            out += plain(body[escape + 1]);
            at = escape + 2;
            continue;
        }
        std::uint32_t point = hex4(body.substr(escape + 2));
        at = escape + 6;
        if (is_surrogate(point)) {
            if (point > 0xDBFF || body.substr(at, 2) != "\\u") return false;
            const std::uint32_t low = hex4(body.substr(at + 2));
            if (low < 0xDC00 || low > 0xDFFF) return false;
            point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
            at += 6;
        }
        append_utf8(out, point);
    }
    return true;
}

void append_minified(std::string_view raw, std::string& out) {
    bool in_string = false;
    for (std::size_t at = 0; at < raw.size(); ++at) {
        const char c = raw[at];
        if (in_string && c == '\\') {
            out += c;
            out += raw[++at];
            continue;
        }
        if (c == '"') in_string = !in_string;
        if (in_string || (c != ' ' && c != '\n' && c != '\r' && c != '\t')) out += c;
    }
}

std::string repair_strings(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 64);
    bool in_string = false;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (!in_string || c == '"') {
            if (c == '"') in_string = !in_string;
            out += c;
            ++at;
        } else if (c == '\\') {
            const std::size_t length = escape_length(text.substr(at));
            if (length == 0) append_bad_byte(out, c);
            out.append(text.substr(at, length));
            at += std::max<std::size_t>(length, 1);
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
            ++at;
        } else {
            const std::size_t length = utf8_length(text.substr(at));
            if (length == 0) append_bad_byte(out, c);
            out.append(text.substr(at, length));
            at += std::max<std::size_t>(length, 1);
        }
    }
    return out;
}

}  // namespace ringtail::dialfire
