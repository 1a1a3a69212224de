#pragma once
#include <string>

namespace ringtail {

// A whole file's bytes. Error(config) names it and says why it cannot be read.
std::string read_file(const std::string& path);

}  // namespace ringtail
