#include "http/in_flight_limit.hpp"

#include <algorithm>

namespace ringtail::http {

InFlightLimit::InFlightLimit(LimitOptions options)
    : options_(options), limit_(std::max(1U, options.most)) {}

bool InFlightLimit::is_new_incident(TimePoint started) const {
    return !reduced_at_ || started > *reduced_at_;
}

void InFlightLimit::reduce(unsigned by, unsigned least, TimePoint now) {
    const unsigned wanted = limit_ > by ? limit_ - by : 1;
    limit_ = std::min(limit_, std::max(wanted, least));
    successes_ = 0;
    reduced_at_ = now;
}

void InFlightLimit::succeeded(TimePoint started, TimePoint now, std::string_view kind,
                              std::chrono::microseconds latency) {
    const bool slow = latency_.is_slow(kind, latency);
    if (!is_new_incident(started)) return;
    throttles_in_a_row_ = 0;
    if (slow) {
        reduce(std::max(1U, limit_ / 8), std::max(1U, options_.most / 4), now);
        return;
    }
    if (++successes_ < limit_) return;
    successes_ = 0;
    limit_ = std::min(limit_ + 1, std::max(1U, options_.most));
}

void InFlightLimit::failed(TimePoint started, TimePoint now) {
    if (is_new_incident(started)) reduce(std::max(1U, limit_ / 4), 1, now);
}

void InFlightLimit::throttled(TimePoint started, TimePoint now, std::optional<Millis> retry_after) {
    const bool fresh = is_new_incident(started);
    if (fresh) reduce(limit_ - limit_ / 2, 1, now);
    if (retry_after) {
        hold_until_ = std::max(hold_until_, now + *retry_after);
    } else if (fresh) {
        const Millis pause = options_.first_hold * (1LL << std::min(throttles_in_a_row_, 20U));
        hold_until_ = std::max(hold_until_, now + std::min(pause, options_.last_hold));
    }
    if (fresh) ++throttles_in_a_row_;
}

}  // namespace ringtail::http
