#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"

// When a delivery is tried again, and when it is given up. Pure: time and chance are told.
namespace ringtail::delivery {

using Millis = std::chrono::milliseconds;

struct RetryOptions {
    unsigned attempts = 10;  // that count; then it is a dead letter
    // The pause after the first attempt, the second …; the last one repeats. Empty: 2 s, three
    // times as long each time, up to 4 h.
    std::vector<Millis> plan;
};

// Refusals that asking again does not heal end a delivery after so many attempts.
inline constexpr unsigned kRefusals = 3;

struct Verdict {
    enum class What : std::uint8_t {
        done,
        again,
        hold,  // again, and nothing else either before `pause` is over: 429, 503 with Retry-After
        dead,
        gone,  // 410: the receiver wants nothing any more
    };
    What what = What::done;
    Millis pause{0};
    bool counts = true;  // against RetryOptions::attempts
};

// After an attempt that was answered with `status` (0: no answer). `attempts`: that counted before.
// `is_probe`: made while the receiver was taken to be down; then no answer, and a gateway's answer
// (502, 503, 504), do not count, as they say nothing about the delivery. Any other answer counts:
// a delivery that the receiver chokes on is given up also when there is no other one to tell the
// two apart. `chance`, 0 to 1, spreads the pause by ±10 %.
Verdict judge(const RetryOptions& options, int status, std::optional<Millis> retry_after,
              unsigned attempts, bool is_probe, double chance);

// Tells when a receiver is down: after five failed attempts in a row. Then one delivery at a time
// is tried, after 5 s, 10 s … up to 5 min, until one succeeds.
class Breaker {
  public:
    static constexpr unsigned kFailures = 5;
    static constexpr Millis kFirstPause{5'000}, kLastPause{300'000};

    bool is_open() const { return open_; }
    // Whether an attempt may begin now; while open, begin_probe() says that it does.
    bool may_try(Instant now) const { return !open_ || (!probing_ && now >= next_); }
    void begin_probe() { probing_ = true; }
    Instant next_probe() const { return next_; }
    bool is_probing() const { return probing_; }
    unsigned failed_probes() const { return failed_probes_; }

    void succeeded();
    // True when it opened just now. Failures of attempts begun before it opened change nothing.
    bool failed(bool is_probe, Instant now, double chance);
    // A probe whose answer says nothing of the receiver (429).
    void put_off(Instant until);

  private:
    bool open_ = false, probing_ = false;
    unsigned in_a_row_ = 0, failed_probes_ = 0;
    Instant next_;
};

// So many a second, and after a pause a burst.
class TokenBucket {
  public:
    // rate 0: no limit.
    TokenBucket(double rate, double burst) : rate_(rate), burst_(burst), tokens_(burst) {}
    bool take(Instant now);
    // When the next one can be taken.
    Instant next(Instant now) const;

  private:
    double rate_, burst_, tokens_;
    std::optional<Instant> filled_;
};

}  // namespace ringtail::delivery
