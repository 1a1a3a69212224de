#pragma once
#include <string>
#include <string_view>

namespace ringtail::cli {

// The text of `ringtail help COMMAND`; the overview for an empty or unknown name.
std::string help_of(std::string_view command);
bool is_command(std::string_view name);

}  // namespace ringtail::cli
