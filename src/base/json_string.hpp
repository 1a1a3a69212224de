#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ringtail {

// How many bytes the escape at the start of `text` (a backslash) has: 2, or 6 for \uXXXX; 0 when it
// is none that JSON knows. Surrogates are not paired here.
std::size_t escape_length(std::string_view text);

// Decodes what stands between the quotes of a JSON string. False when an escape is not valid or
// names no Unicode text (a lone surrogate); `out` is then unspecified.
bool unescape(std::string_view body, std::string& out);

}  // namespace ringtail
