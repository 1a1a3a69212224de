#include "delivery/retry.hpp"

#include <algorithm>
#include <array>

namespace ringtail::delivery {
namespace {

constexpr Millis kFirst{2'000};
constexpr Millis kLongest = std::chrono::hours(4);
// A receiver that names a date years ahead does not stop everything for so long.
constexpr Millis kLongestHold = std::chrono::hours(1);
constexpr Millis kShortestHold{1'000};

Millis spread(Millis pause, double chance) {
    return std::chrono::duration_cast<Millis>(pause * (0.9 + 0.2 * chance));
}

Millis pause_after(const RetryOptions& options, unsigned attempts) {
    if (!options.plan.empty()) {
        return options.plan[std::min<std::size_t>(attempts, options.plan.size() - 1)];
    }
    Millis pause = kFirst;
    for (unsigned i = 0; i < attempts && pause < kLongest; ++i) pause *= 3;
    return std::min(pause, kLongest);
}

bool is_refusal(int status) {
    constexpr std::array kStatuses{400, 404, 405, 413, 422};
    return std::ranges::find(kStatuses, status) != kStatuses.end();
}

// Nobody answered, or a gateway says that nobody is behind it: it is down, whatever it is sent.
bool is_absence(int status) { return status == 0 || (status >= 502 && status <= 504); }

}  // namespace

Verdict judge(const RetryOptions& options, int status, std::optional<Millis> retry_after,
              unsigned attempts, bool is_probe, double chance) {
    using What = Verdict::What;
    if (status >= 200 && status < 300) return {What::done};
    if (status == 410) return {What::gone, Millis(0), false};
    const Millis pause = spread(pause_after(options, attempts), chance);
    if (status == 429 || (status == 503 && retry_after)) {
        return {What::hold, std::clamp(retry_after.value_or(pause), kShortestHold, kLongestHold),
                false};
    }
    const bool refusal = is_refusal(status);
    const bool counts = !is_probe || !is_absence(status);
    const unsigned made = attempts + (counts ? 1 : 0);
    const unsigned most = refusal ? std::min(kRefusals, options.attempts) : options.attempts;
    if (counts && made >= most) return {What::dead};
    return {What::again, std::max(pause, std::min(retry_after.value_or(pause), kLongest)), counts};
}

void Breaker::succeeded() {
    open_ = probing_ = false;
    in_a_row_ = failed_probes_ = 0;
}

bool Breaker::failed(bool is_probe, Instant now, double chance) {
    if (open_) {
        if (!is_probe) return false;
        probing_ = false;
        ++failed_probes_;
        Millis pause = kFirstPause;
        for (unsigned i = 0; i < failed_probes_ && pause < kLastPause; ++i) pause *= 2;
        next_ = now + spread(std::min(pause, kLastPause), chance);
        return false;
    }
    if (++in_a_row_ < kFailures) return false;
    open_ = true;
    failed_probes_ = 0;
    next_ = now + spread(kFirstPause, chance);
    return true;
}

void Breaker::put_off(Instant until) {
    if (!open_) return;
    probing_ = false;
    next_ = std::max(next_, until);
}

bool TokenBucket::take(Instant now) {
    if (rate_ <= 0) return true;
    if (filled_ && now > *filled_) {
        const std::chrono::duration<double> passed = now - *filled_;
        tokens_ = std::min(burst_, tokens_ + passed.count() * rate_);
    }
    if (!filled_ || now > *filled_) filled_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
}

Instant TokenBucket::next(Instant now) const {
    if (rate_ <= 0 || tokens_ >= 1 || !filled_) return now;
    const std::chrono::duration<double> wait((1 - tokens_) / rate_);
    return *filled_ + std::chrono::ceil<std::chrono::microseconds>(wait);
}

}  // namespace ringtail::delivery
