#include "jobs/retry.hpp"

#include <algorithm>

namespace ringtail::jobs {

using std::chrono::minutes;
using std::chrono::seconds;

namespace {
constexpr unsigned kMostAttempts = 50;  // about half a day
}

std::optional<seconds> retry_after(control::JobKind kind, unsigned attempt, Fault fault) {
    if (attempt >= kMostAttempts) return std::nullopt;
    const bool passes = fault == Fault::transient || fault == Fault::throttled;
    // Webhooks that wait are to be seen soon after the database is back.
    const seconds longest = kind == control::JobKind::hooks && passes ? seconds(30)
                            : passes                                  ? seconds(minutes(15))
                                                                      : seconds(minutes(60));
    const seconds first = passes ? seconds(15) : seconds(minutes(5));
    return std::min(longest, first * (1 << std::min(attempt - 1, 8U)));
}

}  // namespace ringtail::jobs
