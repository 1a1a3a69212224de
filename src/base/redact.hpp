#pragma once
#include <string>
#include <string_view>

namespace ringtail {

// `text` with every `secret` in it replaced by ***; as it is when the secret is empty.
std::string redact(std::string text, std::string_view secret);

}  // namespace ringtail
