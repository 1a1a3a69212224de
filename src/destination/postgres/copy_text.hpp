#pragma once
#include <string>
#include <string_view>

namespace ringtail::postgres {

// Appends `value` as a field of COPY's text format. It must not hold U+0000.
void append_field(std::string_view value, std::string& out);
inline constexpr std::string_view kNullField = "\\N";

}  // namespace ringtail::postgres
