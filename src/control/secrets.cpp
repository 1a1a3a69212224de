#include "control/secrets.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <cstdlib>

#include "base/error.hpp"
#include "control/key_file.hpp"

namespace ringtail::control {
namespace {

// A known text, sealed with the store's key: another key is noticed before it seals anything.
constexpr std::string_view kCheckName = "secret.check";
constexpr std::string_view kCheckText = "ringtail";
constexpr const char* kVariable = "RINGTAIL_SECRET_KEY";
constexpr char kVersion = 1;  // the first byte of what is sealed
constexpr std::size_t kFront = 1 + crypto_secretbox_NONCEBYTES;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

void start_sodium() {
    static const int started = sodium_init();
    if (started < 0) throw Error(Fault::bug, "libsodium could not be started");
}

std::string hex(std::string_view text) {
    std::string out(2 * text.size() + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes(text), text.size());
    out.pop_back();
    return out;
}

std::string from_hex(std::string_view text) {
    std::string out(text.size() / 2, '\0');
    std::size_t length = 0;
    sodium_hex2bin(bytes(out), out.size(), text.data(), text.size(), nullptr, &length, nullptr);
    out.resize(length);
    return out;
}

std::string seal_with(const std::string& key, std::string_view text) {
    std::string sealed(kFront + crypto_secretbox_MACBYTES + text.size(), kVersion);
    randombytes_buf(sealed.data() + 1, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(bytes(sealed) + kFront, bytes(text), text.size(), bytes(sealed) + 1,
                          bytes(std::string_view(key)));
    return sealed;
}

std::optional<std::string> open_with(const std::string& key, std::string_view sealed) {
    if (sealed.size() < kFront + crypto_secretbox_MACBYTES || sealed[0] != kVersion)
        return std::nullopt;
    std::string text(sealed.size() - kFront - crypto_secretbox_MACBYTES, '\0');
    if (crypto_secretbox_open_easy(bytes(text), bytes(sealed) + kFront, sealed.size() - kFront,
                                   bytes(sealed) + 1, bytes(std::string_view(key))) != 0) {
        return std::nullopt;
    }
    return text;
}

std::optional<std::string> stored_check(Database& database) {
    auto db = database.lock();
    auto select = db->prepare("SELECT value FROM settings WHERE name = ?1");
    select.bind(1, kCheckName);
    if (!select.step()) return std::nullopt;
    return from_hex(select.text(0));
}

// The first key that comes here is the store's.
std::string make_check(Database& database, const std::string& key) {
    {
        auto db = database.lock();
        auto insert = db->prepare(
            "INSERT INTO settings (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING");
        insert.bind(1, kCheckName);
        insert.bind(2, hex(seal_with(key, kCheckText)));
        insert.execute();
    }
    return stored_check(database).value_or("");
}

std::optional<std::string> key_of_environment() {
    const char* text = std::getenv(kVariable);
    if (text == nullptr || *text == '\0') return std::nullopt;
    auto key = parse_key(text);
    if (key) return key;
    throw Error(Fault::config, fmt::format("{} is no key", kVariable))
        .with_hint("It must be 32 bytes as base64 or hex: openssl rand -base64 32");
}

}  // namespace

Secrets::Secrets(Database& database, std::string key_file)
    : database_(database), key_file_(std::move(key_file)) {
    start_sodium();
}

Secrets::~Secrets() { sodium_memzero(key_.data(), key_.size()); }

void Secrets::check() { key(); }

std::string Secrets::seal(std::string_view secret) { return seal_with(key(), secret); }

std::string Secrets::open(std::string_view sealed) {
    if (auto text = open_with(key(), sealed)) return *text;
    throw Error(Fault::config, "a secret in the control store is damaged")
        .with_hint("Set it anew: ringtail source edit NAME");
}

const std::string& Secrets::key() {
    const std::scoped_lock lock(mutex_);
    if (!key_.empty()) return key_;
    auto found = key_of_environment();
    const bool from_environment = found.has_value();
    // Before the file: another process that starts now makes the file first, then this.
    auto check = stored_check(database_);
    if (!found) found = read_key_file(key_file_);
    if (!found && check) {
        throw Error(Fault::config,
                    fmt::format("the key file {} is missing, and the control store holds secrets "
                                "that were sealed with it",
                                key_file_))
            .with_hint(fmt::format("Restore the file from a backup, or set {}. If the key is lost, "
                                   "add your sources again in a new data folder.",
                                   kVariable));
    }
    if (!found) {
        std::string fresh(crypto_secretbox_KEYBYTES, '\0');
        crypto_secretbox_keygen(bytes(fresh));
        make_key_file(key_file_, fresh);
        found = read_key_file(key_file_);  // another process's, when that was first
        sodium_memzero(fresh.data(), fresh.size());
    }
    if (!found) throw Error(Fault::transient, "the key file has just been removed");
    if (!check) check = make_check(database_, *found);
    if (open_with(*found, *check) != kCheckText) {
        throw Error(Fault::config,
                    fmt::format("the key in {} is not the one the control store was sealed with",
                                from_environment ? std::string(kVariable) : key_file_))
            .with_hint("Give the key that was there when the sources were added.");
    }
    key_ = std::move(*found);
    return key_;
}

std::string last4(std::string_view secret) {
    return secret.size() < 12 ? std::string() : std::string(secret.substr(secret.size() - 4));
}

std::string random_token(std::size_t size) {
    start_sodium();
    std::string raw(size, '\0');
    randombytes_buf(raw.data(), raw.size());
    constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::string text(sodium_base64_encoded_len(size, kVariant), '\0');
    sodium_bin2base64(text.data(), text.size(), bytes(raw), raw.size(), kVariant);
    text.pop_back();
    return text;
}

std::string sha256(std::string_view text) {
    std::string digest(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256(bytes(digest), bytes(text), text.size());
    return digest;
}

bool same_secret(std::string_view one, std::string_view other) {
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace ringtail::control
