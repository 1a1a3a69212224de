#include "base/clock.hpp"

#include <condition_variable>
#include <mutex>

namespace ringtail {

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now());
}

void SystemClock::sleep(std::chrono::milliseconds pause, std::stop_token stop) {
    std::mutex mutex;
    std::condition_variable_any woken;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, pause, [] { return false; });
}

}  // namespace ringtail
