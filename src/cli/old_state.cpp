#include "cli/old_state.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail::cli {
namespace {

// Takes `wanted` from the front, after blanks.
bool take(std::string_view& text, std::string_view wanted) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (!text.starts_with(wanted)) return false;
    text.remove_prefix(wanted.size());
    return true;
}

}  // namespace

std::vector<std::string> state_files(const Environment& environment, std::string_view campaign) {
    std::vector<std::string> files{fmt::format(
        "{}/var/opt/dbsync2/{}.json", environment("RINGTAIL_ROOT").value_or(""), campaign)};
    const auto home = environment("HOME");
    if (home && !home->empty()) {
        files.push_back(fmt::format("{}/.dbsync2/{}.json", *home, campaign));
    }
    return files;
}

std::string place_outbox(const Environment& environment, std::string_view campaign) {
    std::vector<std::filesystem::path> places;
    for (const std::string& file : state_files(environment, campaign)) {
        places.push_back(std::filesystem::path(file).replace_extension(".outbox.db"));
    }
    std::error_code ignored;
    // One that is there counts, also where it cannot be written to: beginning a second one would
    // send everything once more as new.
    for (const auto& place : places) {
        if (std::filesystem::exists(place, ignored)) return place.string();
    }
    for (const auto& place : places) {
        std::filesystem::create_directories(place.parent_path(), ignored);
        if (::access(place.parent_path().c_str(), W_OK | X_OK) == 0) return place.string();
    }
    throw Error(Fault::config, fmt::format("no folder for the outbox: neither {} can be written to",
                                           "/var/opt/dbsync2 nor $HOME/.dbsync2"))
        .with_hint("Name a file with --state.");
}

std::optional<std::string> read_old_state(const std::vector<std::string>& files, Logger& log) {
    for (const std::string& path : files) {
        errno = 0;
        std::ifstream file(path, std::ios::binary);
        if (!file && errno == ENOENT) continue;
        const std::string text{std::istreambuf_iterator<char>(file), {}};
        if (!file) {
            log.warning(fmt::format("the old client's state file {} cannot be read: {}", path,
                                    std::strerror(errno)));
            continue;
        }
        if (auto timestamp = parse_old_state(text)) {
            log.info(fmt::format("starts where the old client stopped, {}, as {} says", *timestamp,
                                 path));
            return timestamp;
        }
        log.warning(
            fmt::format("the old client's state file {} is damaged and is not used; give "
                        "the starting date with --s",
                        path));
    }
    return std::nullopt;
}

std::optional<std::string> parse_old_state(std::string_view text) {
    if (!take(text, "{") || !take(text, "\"timestamp\"") || !take(text, ":") || !take(text, "\"")) {
        return std::nullopt;
    }
    const auto end = text.find('"');
    if (end == text.npos) return std::nullopt;
    const auto instant = parse_time(text.substr(0, end));
    text.remove_prefix(end + 1);
    if (!instant || !take(text, "}") || text.find_first_not_of(" \t\r\n") != text.npos) {
        return std::nullopt;
    }
    return format_time(*instant);
}

}  // namespace ringtail::cli
