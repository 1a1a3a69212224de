#include "destination/postgres/copy_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace ringtail::postgres {
namespace {

constexpr std::uint64_t repeat(std::uint64_t byte) { return byte * 0x0101010101010101ULL; }

bool needs_escape(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\\'; }

// Whether one of eight bytes is a control character or a backslash.
bool needs_escape(std::uint64_t word) {
    const std::uint64_t backslash = word ^ repeat('\\');
    const std::uint64_t control = (word - repeat(0x20)) & ~word;
    return ((control | ((backslash - repeat(1)) & ~backslash)) & repeat(0x80)) != 0;
}

// Nearly all values need no escape, and finding that out is most of what there is to do.
bool is_plain(std::string_view value) {
    if (value.size() < sizeof(std::uint64_t)) {
        return std::none_of(value.begin(), value.end(), [](char c) { return needs_escape(c); });
    }
    const auto word_at = [&](std::size_t place) {
        std::uint64_t word = 0;
        std::memcpy(&word, value.data() + place, sizeof word);
        return word;
    };
    const std::size_t last = value.size() - sizeof(std::uint64_t);
    for (std::size_t place = 0; place < last; place += sizeof(std::uint64_t)) {
        if (needs_escape(word_at(place))) return false;
    }
    return !needs_escape(word_at(last));
}

}  // namespace

void append_field(std::string_view value, std::string& out) {
    if (is_plain(value)) {
        out.append(value);
        return;
    }
    for (const char c : value) {
        switch (c) {
            case '\\':
                out += "\\\\";
                break;
            case '\b':
                out += "\\b";
                break;
            case '\f':
                out += "\\f";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            case '\v':
                out += "\\v";
                break;
            default:
                out += c;
        }
    }
}

}  // namespace ringtail::postgres
