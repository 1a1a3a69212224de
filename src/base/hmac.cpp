#include "base/hmac.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"

namespace ringtail {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (HMAC(EVP_sha256(), key.empty() ? "" : key.data(), static_cast<int>(key.size()),
             bytes_of(text), text.size(), digest.data(), &length) == nullptr) {
        throw Error(Fault::bug, "libcrypto could not compute an HMAC");
    }
    return {reinterpret_cast<const char*>(digest.data()), length};
}

std::string base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                       bytes_of(bytes), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(length));
    return out;
}

std::optional<std::string> from_base64(std::string_view text) {
    const auto padding = static_cast<std::size_t>(std::ranges::count(text, '='));
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
    };
    if (text.empty() || text.size() % 4 != 0 || padding > 2 ||
        !std::all_of(text.begin(), text.end() - static_cast<std::ptrdiff_t>(padding), plain)) {
        return std::nullopt;
    }
    std::string out(text.size() / 4 * 3, '\0');
    if (EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text),
                        static_cast<int>(text.size())) < 0) {
        return std::nullopt;
    }
    out.resize(out.size() - padding);
    return out;
}

}  // namespace ringtail
