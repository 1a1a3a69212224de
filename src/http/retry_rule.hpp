#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "http/client.hpp"

namespace ringtail::http {

// What to do with a request after one attempt at it.
struct Decision {
    enum class Action : std::uint8_t {
        deliver,  // the answer is final
        repeat,   // after `pause`
        give_up,  // the attempts are used up
        put_off,  // the server asks for more patience than we have: `pause` is what it asks for
    };
    Action action = Action::deliver;
    std::chrono::milliseconds pause{0};
};

// Whether and when one request is made again. Pure: time is told, never read.
class RetryRule {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;
    using Millis = std::chrono::milliseconds;

    explicit RetryRule(const ClientOptions& options);

    // An answer came. 5xx, 408 and 425 count as failed attempts. 429, and 503 with Retry-After, do
    // not count, but all the time since the first of them may not exceed max_throttled. 403 is
    // repeated twice, since it may be a hiccup (assumption G-27 of the Dialfire facts). Everything
    // else is final.
    Decision after_answer(int status, std::optional<Millis> retry_after, TimePoint now);
    // No whole answer came: a connection error, or a body that failed its check.
    Decision after_failure();

    unsigned attempts() const { return attempts_; }  // made so far, also those not counted

  private:
    Decision throttled(std::optional<Millis> retry_after, TimePoint now);
    Decision counted();

    unsigned most_;
    Millis max_throttled_;
    Millis least_pause_;
    Backoff failures_, throttles_, refusals_;
    unsigned attempts_ = 0;
    std::optional<TimePoint> throttled_since_;
};

// A Retry-After value, seconds or HTTP date, as the time from `now`; never negative. Nothing when
// it is neither.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, Instant now);

// The same of an answer. A date is measured against the answer's own Date, since clocks differ.
std::optional<std::chrono::milliseconds> retry_after(const Response& response, Instant now);

}  // namespace ringtail::http
