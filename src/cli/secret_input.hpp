#pragma once
#include <string>
#include <string_view>

#include "cli/service_parts.hpp"

namespace ringtail::cli {

// A secret for a command: from --key-file (- is standard input), else the variable RINGTAIL_KEY,
// else asked for on the terminal, where it is not shown. Never from a flag's value, as `ps` would
// show it. `what` says what is asked for. Error(config) when there is no terminal to ask.
std::string read_secret(const Words& words, const Environment& environment, std::string_view what);

// Whether a question on the terminal is answered with yes; without a terminal: no.
bool ask_yes(std::string_view question);

}  // namespace ringtail::cli
