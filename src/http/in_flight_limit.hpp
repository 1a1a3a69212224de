#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "http/latency_watch.hpp"

namespace ringtail::http {

struct LimitOptions {
    unsigned most = 16;                         // where the limit starts; it never goes above
    std::chrono::milliseconds first_hold{500};  // after 429 or 503 without Retry-After; doubles …
    std::chrono::milliseconds last_hold{30'000};  // … up to here while no request succeeds
};

// How many requests may be under way: additive increase, multiplicative decrease. Requests that
// were started before the last reduction belong to the incident that caused it and do not reduce
// again. Pure: time is told, never read. Not thread-safe.
class InFlightLimit {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Millis = std::chrono::milliseconds;

    explicit InFlightLimit(LimitOptions options);

    unsigned current() const { return limit_; }  // at least 1
    // No request should be started before this.
    TimePoint hold_until() const { return hold_until_; }

    // A good answer: one more after `current()` of them. When answers of its kind come clearly
    // slower than they did, an eighth less instead, but not below a quarter of the most: latency is
    // a hint, not a refusal.
    void succeeded(TimePoint started, TimePoint now, std::string_view kind,
                   std::chrono::microseconds latency);
    // A connection error or 5xx: a quarter less.
    void failed(TimePoint started, TimePoint now);
    // 429 or 503: half, and nothing new until the server wants to hear from us again.
    void throttled(TimePoint started, TimePoint now, std::optional<Millis> retry_after);

  private:
    bool is_new_incident(TimePoint started) const;
    void reduce(unsigned by, unsigned least, TimePoint now);

    const LimitOptions options_;
    unsigned limit_;
    unsigned successes_ = 0;           // since the last change
    unsigned throttles_in_a_row_ = 0;  // incidents without a success between them
    std::optional<TimePoint> reduced_at_;
    TimePoint hold_until_{};
    LatencyWatch latency_;
};

}  // namespace ringtail::http
