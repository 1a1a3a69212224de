#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "destination/inspector.hpp"

namespace ringtail::cli {

// One kind of database, as main.cpp wires it in.
struct DestinationKind {
    std::vector<std::string> schemes;  // "postgres", "postgresql"
    // Both take the URL. They check it (Error(config)) and connect to nothing yet.
    std::function<DestinationFactory(const std::string& url, DestinationOptions, Logger&)> open;
    std::function<std::unique_ptr<Inspector>(const std::string& url)> inspect;
    LoadSize load_size = {};  // what one load should hold, where the user names no number of rows
};

// The kind a URL names. Error(config) says what is allowed, what comes later, and how to mend the
// URL; never repeats a password.
const DestinationKind& kind_of(const std::string& url, const std::vector<DestinationKind>& kinds);

// Whether the URL is a web service's, http:// or https://.
bool is_web_service(std::string_view url);

// The file of an sqlite URL: sqlite:///./name and sqlite:name in the current folder,
// sqlite:///folder/name from the root. Error(config).
std::string sqlite_path(const std::string& url);

}  // namespace ringtail::cli
