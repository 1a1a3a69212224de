#pragma once
#include <chrono>

namespace ringtail {

// Pauses between attempts: first, 2·first, 4·first … while below `last`, then every `rest`; each
// ±10 % at random, so that many programs that failed together do not come back together.
class Backoff {
  public:
    using Pause = std::chrono::milliseconds;
    explicit Backoff(Pause first, Pause last = std::chrono::seconds(64),
                     Pause rest = std::chrono::minutes(5))
        : first_(first), last_(last), rest_(rest) {}

    Pause next();
    void reset() { failures_ = 0; }
    unsigned failures() const { return failures_; }

  private:
    Pause first_, last_, rest_;
    unsigned failures_ = 0;
};

}  // namespace ringtail
