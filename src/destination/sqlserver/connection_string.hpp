#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "destination/sqlserver/url.hpp"

namespace ringtail::sqlserver {

// The two kinds of driver, told by name: they have different words for the same things.
enum class Driver : std::uint8_t {
    freetds,    // its name or path holds "tds"
    microsoft,  // every other
};
Driver kind_of_driver(const std::string& name);

// The driver that the URL names; otherwise FreeTDS, by the path of its library where that is where
// Debian puts it.
std::string driver_of(const Url& url);

// Where FreeTDS must read the way to check certificates from: a section of a configuration file.
// The text of the section, or nothing where the connection string says it all.
std::optional<std::string> freetds_section(const Url& url);

// For SQLDriverConnect. `section` is the name that freetds_section() was filed under; empty: none.
// Error(config) for what the driver cannot do. Holds the password: never show it.
std::string connection_string(const Url& url, const std::string& section = {});

}  // namespace ringtail::sqlserver
