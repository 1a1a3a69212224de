#pragma once
#include <stop_token>

#include "base/log.hpp"
#include "cli/context.hpp"

namespace ringtail::cli {

// Runs a plan to its end: settles the prefix, reads, loads, shows progress and the summary. Returns
// exit_done or exit_rejects; following that was stopped is done. Throws what ended it early, after
// the summary of what was committed.
ExitCode run_plan(Plan plan, Context& context, Logger& log, const std::stop_token& stop);

}  // namespace ringtail::cli
