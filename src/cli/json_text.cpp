#include "cli/json_text.hpp"

#include <fmt/core.h>

namespace ringtail::cli {
namespace {

// The length of the well-formed UTF-8 sequence at the front; 0 where there is none.
std::size_t sequence(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead < 0xC2   ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
    const bool surrogate = lead == 0xED && byte(1) > 0x9F;
    const bool beyond = lead == 0xF4 && byte(1) > 0x8F;
    return overlong || surrogate || beyond ? 0 : length;
}

}  // namespace

std::string json_string(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        const std::size_t length = sequence(text);
        const char c = text.front();
        if (length == 0) {
            out += "\xEF\xBF\xBD";
        } else if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (static_cast<unsigned char>(c) < ' ') {
            out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return out + '"';
}

JsonLine& JsonLine::raw(std::string_view name, std::string_view json) {
    if (body_.size() > 1) body_ += ',';
    body_ += json_string(name);
    body_ += ':';
    body_ += json;
    return *this;
}

JsonLine& JsonLine::text(std::string_view name, std::string_view value) {
    return raw(name, json_string(value));
}

JsonLine& JsonLine::number(std::string_view name, std::uint64_t value) {
    return raw(name, std::to_string(value));
}

}  // namespace ringtail::cli
