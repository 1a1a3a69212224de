#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ringtail {

// How many bytes the well-formed UTF-8 character at the front of `text` has: 1 to 4 (U+0000 is
// one); 0 where there is none. `text` is not empty.
std::size_t utf8_length(std::string_view text);

// `point` is at most U+10FFFF and no surrogate.
void append_utf8(std::string& out, std::uint32_t point);

}  // namespace ringtail
