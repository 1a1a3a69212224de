#pragma once
#include <cstddef>
#include <string>
#include <string_view>

// The texts inside JSON, byte for byte. Nothing here goes through a number or re-encodes what it
// need not.
namespace ringtail::dialfire {

// How many bytes the escape at the start of `text` (a backslash) has: 2, or 6 for \uXXXX; 0 when it
// is none that JSON knows. Surrogates are not paired here.
std::size_t escape_length(std::string_view text);

// How many bytes the UTF-8 character at the start of `text` has: 1 to 4; 0 when it is none.
std::size_t utf8_length(std::string_view text);

// Decodes what stands between the quotes of a string whose escapes are all valid. False when it is
// no Unicode text (a lone surrogate); `out` is then unspecified.
bool unescape(std::string_view body, std::string& out);

// Appends the JSON text `raw` without the blanks outside of its strings.
void append_minified(std::string_view raw, std::string& out);

// `text` with its strings made valid JSON and UTF-8: a raw control character is escaped (and so
// survives); each byte XX that is no text, and the backslash of an escape that JSON does not know,
// becomes \ud800\u00XX. That is a lone surrogate whatever stands around it, so such a string is
// broken text from here on. The structure of `text` must be whole.
std::string repair_strings(std::string_view text);

}  // namespace ringtail::dialfire
