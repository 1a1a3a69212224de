#include "base/md5.hpp"

#include <openssl/evp.h>

#include <memory>

#include "base/error.hpp"

namespace ringtail {

Md5 md5(std::initializer_list<std::string_view> parts) {
    // Creating a context costs more than a short hash, so each thread keeps one.
    struct Free {
        void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
    };
    thread_local const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
    // EVP_md5() would be looked up anew by each thread's first hash.
    struct FreeAlgorithm {
        void operator()(EVP_MD* algorithm) const { EVP_MD_free(algorithm); }
    };
    static const std::unique_ptr<EVP_MD, FreeAlgorithm> algorithm(
        EVP_MD_fetch(nullptr, "MD5", nullptr));
    Md5 digest{};
    unsigned length = 0;
    bool fine =
        context && algorithm && EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) == 1;
    for (const std::string_view part : parts) {
        fine = fine && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
    }
    fine = fine && EVP_DigestFinal_ex(context.get(), digest.data(), &length) == 1;
    if (!fine || length != 16) throw Error(Fault::bug, "libcrypto could not compute an MD5");
    return digest;
}

std::string to_hex(const Md5& digest) {
    std::string hex(32, '0');
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t i = 0; i < 16; ++i) {
        hex[2 * i] = kDigits[digest[i] >> 4U];
        hex[2 * i + 1] = kDigits[digest[i] & 15U];
    }
    return hex;
}

std::string md5_hex(std::initializer_list<std::string_view> parts) { return to_hex(md5(parts)); }

}  // namespace ringtail
