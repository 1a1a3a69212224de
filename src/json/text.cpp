#include "json/text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/json_string.hpp"
#include "base/utf8.hpp"

namespace ringtail {
namespace {

void append_bad_byte(std::string& out, char c) {
    out += fmt::format("\\ud800\\u{:04x}", static_cast<unsigned char>(c));
}

}  // namespace

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

}  // namespace ringtail
