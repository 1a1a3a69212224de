#include "cli/logs.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>

namespace ringtail::cli {
namespace {

// Claims a name that no other process has: two runs may start in the same second.
std::optional<std::string> create_new(const std::string& folder, const std::string& name) {
    const std::filesystem::path path = std::filesystem::path(folder) / name;
    for (int copy = 1; copy < 100; ++copy) {
        const std::string candidate = copy == 1
                                          ? path.string()
                                          : fmt::format("{}/{}-{}{}", folder, path.stem().string(),
                                                        copy, path.extension().string());
        const int fd = ::open(candidate.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd >= 0) {
            ::close(fd);
            return candidate;
        }
        if (errno != EEXIST) return std::nullopt;
    }
    return std::nullopt;
}

class RunLogger final : public Logger {
  public:
    RunLogger(std::unique_ptr<Logger> file, Show show, LogLevel show_level)
        : file_(std::move(file)), show_(std::move(show)), show_level_(show_level) {}

    void write(LogLevel level, std::string_view message) override {
        file_->write(level, message);
        if (level <= show_level_) show_(level, message);
    }

  private:
    std::unique_ptr<Logger> file_;
    Show show_;
    LogLevel show_level_;
};

}  // namespace

std::vector<std::string> log_folders(const Environment& environment) {
    std::vector<std::string> folders{environment("RINGTAIL_ROOT").value_or("") + "/var/log/dbsync"};
    const auto home = environment("HOME");
    if (home && !home->empty()) folders.push_back(*home + "/.dbsync/logs");
    return folders;
}

std::string log_file_name(std::string_view campaign, std::string_view mode, Instant now) {
    const std::time_t seconds =
        std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    struct tm local = {};
    ::localtime_r(&seconds, &local);
    std::array<char, 16> stamp{};
    std::strftime(stamp.data(), stamp.size(), "%Y%m%d%H%M%S", &local);
    return fmt::format("{}_{}_{}.log", campaign, mode, stamp.data());
}

std::optional<std::string> place_log_file(const std::vector<std::string>& folders,
                                          const std::string& name) {
    for (const std::string& folder : folders) {
        std::error_code ignored;
        std::filesystem::create_directories(folder, ignored);
        if (auto path = create_new(folder, name)) return path;
    }
    return std::nullopt;
}

std::string_view name_of(LogLevel level) {
    constexpr std::array<std::string_view, 6> kNames{"critical", "error", "warning",
                                                     "notice",   "info",  "debug"};
    return kNames.at(static_cast<std::size_t>(level));
}

std::unique_ptr<Logger> make_run_logger(const std::string& file, LogLevel level, Show show,
                                        LogLevel show_level) {
    LogOptions options;
    options.level = level;
    options.file = file;
    options.console = false;
    auto to_file = file.empty() ? make_null_logger() : make_logger(options);
    return std::make_unique<RunLogger>(std::move(to_file), std::move(show), show_level);
}

}  // namespace ringtail::cli
