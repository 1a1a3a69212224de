#pragma once
#include <initializer_list>
#include <string>
#include <string_view>

namespace ringtail {

// 32 lower-case hex digits over the plain concatenation of the parts: the derived ids of
// facts/dialfire.md B.7.
std::string md5_hex(std::initializer_list<std::string_view> parts);

}  // namespace ringtail
