#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringtail::test {

// A JSON object's members in order: name unescaped, value as its raw text. Own and tolerant (lone
// surrogates in values pass), so that the truth is not read by the parser under test. Throws
// std::runtime_error on what is no object.
std::vector<std::pair<std::string, std::string>> members_of(std::string_view object);

// The text of a raw JSON string; nothing when it is no string or no Unicode text (a lone
// surrogate).
std::optional<std::string> text_of(std::string_view raw);

// Without white space outside strings.
std::string minified(std::string_view raw);

}  // namespace ringtail::test
