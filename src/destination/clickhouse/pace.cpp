#include "destination/clickhouse/pace.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::clickhouse {

void Pace::wait(const std::string& table, const std::stop_token& stop) {
    using std::chrono::milliseconds;
    const auto last = last_.find(table);
    if (last != last_.end()) {
        const auto since = std::chrono::floor<milliseconds>(clock_.now() - last->second);
        // A clock that was set back must not make it longer.
        const auto left = std::min(pause_ - since, pause_);
        if (left > milliseconds(0)) clock_.sleep(left, stop);
        if (stop.stop_requested()) throw Error(Fault::stopped, "stopped between two inserts");
    }
    last_[table] = clock_.now();
}

}  // namespace ringtail::clickhouse
