#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ringtail {

// HMAC-SHA256: 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view text);

// Standard base64 with padding.
std::string base64(std::string_view bytes);
// Nothing when `text` is no such text.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace ringtail
