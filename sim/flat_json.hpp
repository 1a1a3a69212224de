#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::sim {

// The admin calls' bodies: one object whose values are texts, numbers, booleans, or arrays of texts
// (joined by commas). Texts are unescaped, the others as written. Error(config) when it is no such
// object.
std::map<std::string, std::string> read_flat_json(std::string_view text);

// "a,b" → a, b; nothing for an empty text.
std::vector<std::string> split(std::string_view text);

}  // namespace ringtail::sim
