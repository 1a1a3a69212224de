#pragma once
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ringtail {

// 32 lower-case hex digits over the plain concatenation of the parts: the derived ids of
// facts/dialfire.md B.7.
std::string md5_hex(std::initializer_list<std::string_view> parts);

// The same as its 16 bytes.
using Md5 = std::array<std::uint8_t, 16>;
Md5 md5(std::initializer_list<std::string_view> parts);
std::string to_hex(const Md5& digest);

}  // namespace ringtail
