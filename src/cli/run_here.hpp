#pragma once
#include "cli/service_parts.hpp"

namespace ringtail::cli {

// After a run was queued: where a service works on the data folder, says so and (with `wait`) shows
// the run until its end; where none does, this process does the run itself and shows it. Returns
// the exit code: 0 done (or queued), 1 failed, cancelled or stopped.
int see_through(ServiceParts& parts, Context& context, Output output, std::int64_t run, bool wait);

// A run in one line: "load 12,000 rows added, …".
std::string run_line(const control::RunRecord& run);

}  // namespace ringtail::cli
