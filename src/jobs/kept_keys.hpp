#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace ringtail::jobs {

// Keys of rows that a prune run looked up and did not come to, as others had their turn. Looking
// for them may mean reading the table, so the run goes on with them. Safe from any thread.
class KeptKeys {
  public:
    struct Keys {
        std::string cut;  // Pruning::Cut::name
        std::vector<std::string> keys;
        std::size_t at_once = 0;  // as many are looked up next
        Instant since{};          // when they were
    };

    // None where they were looked up long ago: what is old may have changed.
    Keys take(std::int64_t run, Instant now) {
        const std::scoped_lock lock(mutex_);
        std::erase_if(kept_, [&](const auto& one) { return one.second.since + kLongest < now; });
        auto node = kept_.extract(run);
        return node ? std::move(node.mapped()) : Keys();
    }
    void keep(std::int64_t run, Keys keys) {
        const std::scoped_lock lock(mutex_);
        kept_.insert_or_assign(run, std::move(keys));
    }

  private:
    static constexpr std::chrono::seconds kLongest{30};

    std::mutex mutex_;
    std::map<std::int64_t, Keys> kept_;
};

}  // namespace ringtail::jobs
