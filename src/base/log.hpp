#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace ringtail {

// The old client's levels (facts/dialfire.md C.1, --l): the number is the threshold.
enum class LogLevel : std::uint8_t { critical, error, warning, notice, info, debug };

// Where log lines go; passed in, never global. Safe to use from any thread.
// A line is: time (UTC, ms), level, stream, event, key=value. Secrets never; row data only at
// debug.
class Logger {
  public:
    virtual ~Logger() = default;
    virtual void write(LogLevel level, std::string_view message) = 0;

    void error(std::string_view message) { write(LogLevel::error, message); }
    void warning(std::string_view message) { write(LogLevel::warning, message); }
    void info(std::string_view message) { write(LogLevel::info, message); }
    void debug(std::string_view message) { write(LogLevel::debug, message); }
};

struct LogOptions {
    LogLevel level = LogLevel::info;
    std::string file;     // empty: no file
    bool console = true;  // to stderr
    LogLevel console_level = LogLevel::info;
};

// Throws Error(config) when the file cannot be opened. Files are made readable by their owner only.
std::unique_ptr<Logger> make_logger(const LogOptions& options);

// Swallows everything.
std::unique_ptr<Logger> make_null_logger();

}  // namespace ringtail
