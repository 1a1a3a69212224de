#include "base/redact.hpp"

namespace ringtail {

std::string redact(std::string text, std::string_view secret) {
    if (secret.empty()) return text;
    constexpr std::string_view kStars = "***";
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kStars.size())) {
        text.replace(at, secret.size(), kStars);
    }
    return text;
}

}  // namespace ringtail
