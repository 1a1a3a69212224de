#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ringtail::sql {

// How many code points valid UTF-8 holds.
std::size_t count_chars(std::string_view text);

// The longest front part of valid UTF-8 that has at most `bytes` bytes and ends between code
// points.
std::string_view clip(std::string_view text, std::size_t bytes);

// `text` itself where it is valid UTF-8 without U+0000; otherwise with each byte that cannot be
// stored written as \xNN and each backslash doubled, so that nothing is lost.
std::string storable(std::string_view text);

}  // namespace ringtail::sql
