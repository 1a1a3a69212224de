#include "delivery/signing.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/hmac.hpp"

namespace ringtail::delivery {

std::string signing_key(std::string_view secret) {
    constexpr std::string_view kPrefix = "whsec_";
    if (secret.empty()) throw Error(Fault::config, "the signing secret is empty");
    if (!secret.starts_with(kPrefix)) return std::string(secret);
    auto key = from_base64(secret.substr(kPrefix.size()));
    if (!key || key->empty()) {
        throw Error(Fault::config, "the signing secret is not base64 behind whsec_")
            .with_hint("Copy it again, with the = at its end.");
    }
    return *std::move(key);
}

std::string signing_key_in(const std::string& file) {
    std::string secret = read_file(file);
    while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
    try {
        return signing_key(secret);
    } catch (const Error& error) {
        throw error.within(file);
    }
}

std::string signature(std::string_view key, std::string_view message, std::string_view seconds,
                      std::string_view body) {
    std::string text(message);
    text.append(".").append(seconds).append(".").append(body);
    return "v1," + base64(hmac_sha256(key, text));
}

}  // namespace ringtail::delivery
