#pragma once
#include <string>
#include <string_view>

// The texts inside JSON, byte for byte. Nothing here goes through a number or re-encodes what it
// need not.
namespace ringtail {

// Some senders put the UTF-8 byte order mark in front of a JSON text; it is no part of it.
inline std::string_view without_byte_order_mark(std::string_view text) {
    return text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text;
}

// Appends the JSON text `raw` without the blanks outside of its strings.
void append_minified(std::string_view raw, std::string& out);

// `text` with its strings made valid JSON and UTF-8: a raw control character is escaped (and so
// survives); each byte XX that is no text, and the backslash of an escape that JSON does not know,
// becomes \ud800\u00XX. That is a lone surrogate whatever stands around it, so such a string is
// broken text from here on. The structure of `text` must be whole.
std::string repair_strings(std::string_view text);

}  // namespace ringtail
