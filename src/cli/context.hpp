#pragma once
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "cli/console.hpp"
#include "cli/plan.hpp"
#include "cli/program.hpp"

namespace ringtail::cli {

// What every command gets.
struct Context {
    const Wiring& wiring;
    Environment environment;
    Console& console;
    Clock& clock;
};

enum ExitCode : int { exit_done = 0, exit_failed = 1, exit_usage = 2, exit_rejects = 3 };

// 2 for what the user must mend (usage, configuration, key), else 1.
ExitCode exit_code_of(const Error& error);

// The message, and the hint on a line of its own.
std::string error_text(const Error& error);

// A run's error: to the logger, which shows it, and as a JSON line where these are wanted.
void report(const Error& error, Output output, Logger& log, Console& console);

}  // namespace ringtail::cli
