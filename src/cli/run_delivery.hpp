#pragma once
#include <stop_token>
#include <string>

#include "base/log.hpp"
#include "cli/context.hpp"

namespace ringtail::cli {

// run_plan() for a web service: reads the campaign into the outbox and delivers from there, both at
// once. With Plan::once it ends when all is delivered; exit_rejects when there are dead letters.
// When stopped, the attempts under way are let end.
ExitCode run_delivery(Plan plan, Context& context, Logger& log, const std::stop_token& stop);

// The receiver's address without what may be secret in it: user, password and query.
std::string shown_receiver(const std::string& url);

}  // namespace ringtail::cli
