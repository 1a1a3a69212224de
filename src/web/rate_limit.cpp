#include "web/rate_limit.hpp"

#include <algorithm>

namespace ringtail::web {

std::optional<std::chrono::milliseconds> RateLimit::take(std::int64_t source, Instant now) {
    if (per_second_ == 0) return std::nullopt;
    const double rate = per_second_;
    std::lock_guard lock(mutex_);
    auto& bucket = buckets_.try_emplace(source, Bucket{rate, now}).first->second;
    const std::chrono::duration<double> passed = now - bucket.at;
    // A clock that was set back must not lock anybody out.
    bucket.tokens = std::min(rate, bucket.tokens + std::max(0.0, passed.count()) * rate);
    bucket.at = now;
    if (bucket.tokens < 1) {
        const std::chrono::duration<double> wait((1 - bucket.tokens) / rate);
        return std::chrono::ceil<std::chrono::milliseconds>(wait);
    }
    bucket.tokens -= 1;
    return std::nullopt;
}

}  // namespace ringtail::web
