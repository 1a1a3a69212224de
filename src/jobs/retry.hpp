#pragma once
#include <chrono>
#include <optional>

#include "base/error.hpp"
#include "control/records.hpp"

namespace ringtail::jobs {

// After how long a run that failed is made again as the next attempt; nothing: not before its job
// is due or somebody asks. What the user must mend (key, settings, data) is tried seldom: the
// account should not be locked.
std::optional<std::chrono::seconds> retry_after(control::JobKind kind, unsigned attempt,
                                                Fault fault);

}  // namespace ringtail::jobs
