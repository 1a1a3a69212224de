#include "base/log.hpp"

#include <fcntl.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "base/error.hpp"

namespace ringtail {
namespace {

// spdlog has no level between info and warning; a notice is shown as info and filtered here.
spdlog::level::level_enum shown_as(LogLevel level) {
    switch (level) {
        case LogLevel::critical:
            return spdlog::level::critical;
        case LogLevel::error:
            return spdlog::level::err;
        case LogLevel::warning:
            return spdlog::level::warn;
        case LogLevel::notice:
        case LogLevel::info:
            return spdlog::level::info;
        case LogLevel::debug:
            return spdlog::level::debug;
    }
    return spdlog::level::info;
}

class SpdLogger final : public Logger {
  public:
    SpdLogger(std::vector<spdlog::sink_ptr> sinks, LogLevel level)
        : logger_("ringtail", sinks.begin(), sinks.end()), level_(level) {
        logger_.set_level(spdlog::level::trace);
        logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %-8l %v", spdlog::pattern_time_type::utc);
        logger_.flush_on(spdlog::level::trace);
    }

    void write(LogLevel level, std::string_view message) override {
        if (level > level_) return;
        logger_.log(shown_as(level), spdlog::string_view_t(message.data(), message.size()));
    }

  private:
    spdlog::logger logger_;
    LogLevel level_;
};

class NullLogger final : public Logger {
  public:
    void write(LogLevel /*level*/, std::string_view /*message*/) override {}
};

void create_private(const std::string& path) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) {
        throw Error(Fault::config,
                    "cannot write the log file " + path + ": " + std::strerror(errno));
    }
    ::close(fd);
}

}  // namespace

std::unique_ptr<Logger> make_logger(const LogOptions& options) {
    std::vector<spdlog::sink_ptr> sinks;
    if (!options.file.empty()) {
        create_private(options.file);
        sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    }
    if (options.console) {
        auto console = std::make_shared<spdlog::sinks::stderr_sink_mt>();
        console->set_level(shown_as(options.console_level));
        sinks.push_back(std::move(console));
    }
    return std::make_unique<SpdLogger>(std::move(sinks), options.level);
}

std::unique_ptr<Logger> make_null_logger() { return std::make_unique<NullLogger>(); }

}  // namespace ringtail
