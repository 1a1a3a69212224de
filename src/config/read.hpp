#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "config/set_up.hpp"

namespace ringtail::config {

// Where secrets come from that the file only names.
struct Secrets {
    std::function<std::optional<std::string>(const std::string& name)> variable;
    std::function<std::string(const std::string& path)> file;  // Error(config); its text
};

// Reads a set-up written in TOML and checks all of it. Error(config) names the file, the line, the
// key, its value and what is allowed; never a secret. `name` is the file's, for messages.
SetUp read_set_up(std::string_view text, const std::string& name, const Secrets& secrets,
                  const Checks& checks);

}  // namespace ringtail::config
