#pragma once
#include "cli/service_parts.hpp"

namespace ringtail::cli {

// After a run was queued: where a service works on the data folder, says so and (with `wait`) shows
// the run until its end; where none does, this process does the run itself and shows it. Returns
// the exit code: 0 done (or queued), 1 failed, cancelled or stopped.
int see_through(ServiceParts& parts, Context& context, Output output, std::int64_t run, bool wait);

// The run to see through: the one that was `queued`, else the job's open one. That is gone on with
// where no service runs, as whoever did it was stopped or killed, and with `wait` shown where one
// does. Error(config), naming it, where neither is wanted or it is paused.
std::int64_t run_or_open(ServiceParts& parts, Context& context, const control::JobRecord& job,
                         std::optional<std::int64_t> queued, Output output, bool wait);

// A run in one line: "load 12,000 rows added, …".
std::string run_line(const control::RunRecord& run);

}  // namespace ringtail::cli
