#pragma once
#include <chrono>
#include <stop_token>

namespace ringtail {

// Microseconds since 1970-01-01T00:00:00Z; the program's one representation of an instant.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

// Time and waiting, passed in so that tests need no sleeps. Safe to use from any thread.
class Clock {
  public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    // Returns after `pause`, or at once when `stop` is requested.
    virtual void sleep(std::chrono::milliseconds pause, std::stop_token stop) = 0;
};

class SystemClock final : public Clock {
  public:
    Instant now() const override;
    void sleep(std::chrono::milliseconds pause, std::stop_token stop) override;
};

}  // namespace ringtail
