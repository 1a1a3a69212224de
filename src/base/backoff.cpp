#include "base/backoff.hpp"

#include <algorithm>
#include <random>

namespace ringtail {

Backoff::Pause Backoff::next() {
    const unsigned doublings = std::min(failures_++, 20U);
    Pause pause = first_ * (1LL << doublings);
    if (pause > last_) pause = pause < 2 * last_ ? last_ : std::max(rest_, last_);
    thread_local std::minstd_rand random(std::random_device{}());
    std::uniform_int_distribution<long long> jitter(-pause.count() / 10, pause.count() / 10);
    return pause + Pause(jitter(random));
}

}  // namespace ringtail
