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
    std::size_t at = 0;
    while (at < raw.size()) {
        const char c = raw[at++];
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
        out += c;
        if (c != '"') continue;
        // A string goes over in one piece, up to and with the quote that ends it.
        const std::size_t begin = at;
        while (at < raw.size() && raw[at] != '"') at += raw[at] == '\\' ? 2 : 1;
        at = std::min(at + 1, raw.size());
        out.append(raw.substr(begin, at - begin));
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
