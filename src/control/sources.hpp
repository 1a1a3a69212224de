#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "control/database.hpp"
#include "control/records.hpp"
#include "control/secrets.hpp"

namespace ringtail::control {

// Connected accounts and where their rows go. As store.hpp says about errors and threads.
class Sources {
  public:
    Sources(Database& database, Secrets& secrets) : database_(database), secrets_(secrets) {}

    // Its number. It gets a hook token of its own. Error(config) when the name is taken or no name:
    // letters, digits, - _ . and at most 64 of them.
    std::int64_t add(const SourceRecord& record, std::string_view secret, Instant now);
    std::optional<SourceRecord> find(std::int64_t number);
    std::optional<SourceRecord> find(std::string_view name);
    // As find(), or Error(config) with the names there are.
    SourceRecord get(std::string_view name);
    std::vector<SourceRecord> list();  // by name
    // Stores name, settings, destination and enabled.
    void update(const SourceRecord& record);
    void set_enabled(std::int64_t number, bool enabled);
    void set_status(std::int64_t number, std::string_view status, std::string_view message);
    // With its jobs, runs and statistics; false when there is none. Error(config) while one of its
    // runs is running.
    bool remove(std::int64_t number);

    std::string secret(std::int64_t number);
    void set_secret(std::int64_t number, std::string_view secret);

    HookTokens hook_tokens(std::int64_t number, Instant now);
    // Makes a new token; the one before is taken for `old_for` more.
    HookTokens rotate_hook_token(std::int64_t number, Instant now,
                                 std::chrono::seconds old_for = std::chrono::hours(24));
    // Which source a token belongs to, paused ones too. Looked up by its SHA-256, so that the time
    // it takes tells nothing of the token.
    std::optional<std::int64_t> of_hook_token(std::string_view token, Instant now);
    // The source of every token that is taken, by the token's SHA-256.
    std::unordered_map<std::string, std::int64_t> hook_digests(Instant now);

  private:
    Database& database_;
    Secrets& secrets_;
};

class Destinations {
  public:
    Destinations(Database& database, Secrets& secrets) : database_(database), secrets_(secrets) {}

    // `shown`: the URL without its password (http/url.hpp). Error(config) when the name is taken.
    std::int64_t add(std::string_view name, std::string_view url, std::string_view shown,
                     Instant now);
    std::optional<DestinationRecord> find(std::int64_t number);
    std::optional<DestinationRecord> find(std::string_view name);
    std::vector<DestinationRecord> list();  // by name
    std::string url(std::int64_t number);
    void update(std::int64_t number, std::string_view name, std::string_view url,
                std::string_view shown);
    // False when there is none. Error(config) while a source uses it.
    bool remove(std::int64_t number);

  private:
    Database& database_;
    Secrets& secrets_;
};

}  // namespace ringtail::control
