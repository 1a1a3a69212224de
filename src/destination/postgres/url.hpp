#pragma once
#include <string>
#include <string_view>

namespace ringtail::postgres {

// What may be shown of a database URL, and what must not.
struct Url {
    std::string text = {};      // as given, for libpq
    std::string shown = {};     // "database db at host:5432"
    std::string password = {};  // percent-decoded; empty: none in the URL
    int connect_timeout_s = 20;

    // `message` with the password replaced.
    std::string redact(std::string message) const;
};

// Error(config) when libpq would not understand it, or would take part of the password for a host
// or database name because it holds a character that must be percent-encoded. The error never
// quotes the URL.
Url read_url(std::string text);

}  // namespace ringtail::postgres
