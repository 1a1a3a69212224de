#include "json/text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "base/json_string.hpp"
#include "base/utf8.hpp"

namespace ringtail {
namespace {

void append_bad_byte(std::string& out, char c) {
    out += fmt::format("\\ud800\\u{:04x}", static_cast<unsigned char>(c));
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Up to and with the quote that ends a string; `text` begins behind the one that opens it.
std::size_t rest_of_string(std::string_view text) {
    std::size_t quote = text.find('"');
    for (; quote != std::string_view::npos; quote = text.find('"', quote + 1)) {
        const std::size_t plain = text.substr(0, quote).find_last_not_of('\\');
        const std::size_t escapes = plain == std::string_view::npos ? quote : quote - plain - 1;
        if (escapes % 2 == 0) return quote + 1;
    }
    return text.size();
}

}  // namespace

void append_minified(std::string_view raw, std::string& out) {
    // Done for every call whenever it is read: byte by byte only where no string is.
    const std::size_t before = out.size();
    out.resize(before + raw.size());
    char* to = out.data() + before;
    const char* at = raw.data();
    const char* const end = at + raw.size();
    while (at != end) {
        const char c = *at++;
        if (is_blank(c)) continue;
        *to++ = c;
        if (c != '"') continue;
        const std::size_t length = rest_of_string({at, static_cast<std::size_t>(end - at)});
        std::memcpy(to, at, length);
        to += length;
        at += length;
    }
    out.resize(static_cast<std::size_t>(to - out.data()));
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
