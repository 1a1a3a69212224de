#pragma once
#include <string>
#include <string_view>

#include "base/clock.hpp"

// Standard Webhooks (standardwebhooks.com): a receiver that knows the secret can tell who sent a
// delivery, and that it is whole and fresh.
namespace ringtail::delivery {

// The key a secret's text stands for: the bytes behind "whsec_" in base64, or the text itself.
// Error(config) for a broken base64 text or an empty secret; never shows it.
std::string signing_key(std::string_view secret);

// The same of a secret that stands in a file, alone.
std::string signing_key_in(const std::string& file);

// "v1,BASE64": what goes into webhook-signature. `seconds` is the text of webhook-timestamp.
std::string signature(std::string_view key, std::string_view message, std::string_view seconds,
                      std::string_view body);

}  // namespace ringtail::delivery
