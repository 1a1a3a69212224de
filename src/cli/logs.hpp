#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/console.hpp"
#include "cli/plan.hpp"

namespace ringtail::cli {

// The folders for the old form's log files, the first that can be written to counts:
// /var/log/dbsync, then $HOME/.dbsync/logs. Where RINGTAIL_ROOT is set it stands in front of /var.
std::vector<std::string> log_folders(const Environment& environment);

// CAMPAIGN_MODE_YYYYMMDDhhmmss.log, in local time.
std::string log_file_name(std::string_view campaign, std::string_view mode, Instant now);

// Makes the first of `folders` that can be made and written to, and returns the path of `name` in
// it (a number is added to the name when there is such a file already). Nothing when none can be.
std::optional<std::string> place_log_file(const std::vector<std::string>& folders,
                                          const std::string& name);

// Shows a message to the user.
using Show = std::function<void(LogLevel level, std::string_view message)>;

// Messages up to `show_level` are shown as well as written to `file` (may be empty).
// Error(config) when the file cannot be written to.
std::unique_ptr<Logger> make_run_logger(const std::string& file, LogLevel level, Show show,
                                        LogLevel show_level);

std::string_view name_of(LogLevel level);

}  // namespace ringtail::cli
