#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "control/database.hpp"

namespace ringtail::control {

// Seals what must not be read in control.db (libsodium's secretbox: XSalsa20-Poly1305). The key is
// RINGTAIL_SECRET_KEY (32 bytes as base64 or hex) or the key file; it is asked for at the first
// use, and a file is made only while the store holds no secret. Safe to use from any thread. Errors
// are Error(config) and never quote a key or a secret: a key that is not the store's, a key file
// others may read, none beside a store with secrets.
class Secrets {
  public:
    Secrets(Database& database, std::string key_file);
    ~Secrets();  // wipes the key
    Secrets(const Secrets&) = delete;
    Secrets& operator=(const Secrets&) = delete;

    // Throws what seal() and open() would; for the start of a program.
    void check();
    // Call both outside Database::lock().
    std::string seal(std::string_view secret);
    std::string open(std::string_view sealed);

  private:
    const std::string& key();

    Database& database_;
    std::string key_file_;
    std::mutex mutex_;
    std::string key_;  // empty: not asked for yet
};

// The last four characters; fewer than a third of a short secret, so none of one below 12.
std::string last4(std::string_view secret);
// `bytes` random bytes as base64url without padding.
std::string random_token(std::size_t bytes);
// 32 bytes.
std::string sha256(std::string_view text);
// Takes the same time wherever two texts of one length differ.
bool same_secret(std::string_view one, std::string_view other);

}  // namespace ringtail::control
