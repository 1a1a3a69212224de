#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/clock.hpp"

namespace ringtail::web {

// How often each source may send: `per_second` on average and as many at once. 0: no limit. Safe
// to use from any thread.
class RateLimit {
  public:
    explicit RateLimit(unsigned per_second) : per_second_(per_second) {}

    // Nothing when the source may send now; else how long it should wait.
    std::optional<std::chrono::milliseconds> take(std::int64_t source, Instant now);

  private:
    struct Bucket {
        double tokens = 0;
        Instant at;
    };
    const unsigned per_second_;
    std::mutex mutex_;
    std::unordered_map<std::int64_t, Bucket> buckets_;
};

}  // namespace ringtail::web
