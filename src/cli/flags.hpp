#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace ringtail::cli {

// One flag a command knows, without its two dashes.
struct Flag {
    enum class Takes : std::uint8_t { value, values, nothing };  // values: may be given again
    std::string_view name;
    Takes takes = Takes::value;
};

// Flag name → its text as written; "true" or "false" for a flag that takes nothing. Several values
// of one flag are separated by line breaks.
using Given = std::map<std::string, std::string, std::less<>>;

// Reads `--name value`, `--name=value` (which may be empty), `--name` for a flag that takes
// nothing; the last of several wins. A value may begin with a dash, but is never a known flag, so
// that a forgotten value is noticed. Error(config) for an unknown flag, a single dash, a stray word
// or a missing value; its message never repeats a word that might be a secret.
Given parse_flags(std::span<const std::string> words, std::span<const Flag> flags);

}  // namespace ringtail::cli
