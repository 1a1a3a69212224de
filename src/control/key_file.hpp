#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::control {

// 32 bytes from 64 hex digits or base64 (either alphabet, padded or not), blanks around it left
// out; nothing when it is neither.
std::optional<std::string> parse_key(std::string_view text);

// The key in a file; nothing when there is no file. Error(config) when others may read it, or it
// holds no key.
std::optional<std::string> read_key_file(const std::string& path);

// Writes a key into a new file, mode 0600, on disk when it returns. Never changes a file that is
// there: false then.
bool make_key_file(const std::string& path, std::string_view key);

}  // namespace ringtail::control
