#pragma once
#include <functional>
#include <span>
#include <string>

#include "cli/plan.hpp"

// `ringtail sync` and `ringtail check`, pure but for reading the token file through `read_file`.
namespace ringtail::cli {

struct SyncOptions {
    bool help = false;  // nothing else is filled then
    Plan plan;
};

// Returns a file's content; throws Error(config).
using ReadFile = std::function<std::string(const std::string& path)>;

SyncOptions parse_sync(std::span<const std::string> words, const Environment& environment,
                       const ReadFile& read_file);

}  // namespace ringtail::cli
