#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::clickhouse {

// clickhouse://USER:PASSWORD@HOST:8123/DATABASE, clickhouses:// over TLS. Parameters: cluster=NAME,
// pause=1s (the least time between two inserts into one table), compress=yes|no (of what is sent;
// by default unless the server is on this machine).
struct Url {
    std::string base;      // "http://host:8123"
    std::string shown;     // "database calls at host:8123"
    std::string user;      // "default" where the URL has none
    std::string password;  // empty: none
    std::string database;  // "default" where the URL has none
    std::string cluster;   // empty: none
    std::chrono::milliseconds pause{1'000};
    bool compress = false;

    // `message` with the password replaced.
    std::string redact(std::string message) const;
};

// Error(config) when a part is missing, unknown or wrong; it never quotes the password.
Url read_url(std::string_view text);

}  // namespace ringtail::clickhouse
