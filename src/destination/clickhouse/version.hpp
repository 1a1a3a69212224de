#pragma once
#include <algorithm>
#include <cstdint>

#include "base/clock.hpp"

namespace ringtail::clickhouse {

// The numbers in _version: microseconds since 1970, but always larger than the one before and than
// what is stored, also when clocks go back.
class Versions {
  public:
    explicit Versions(const Clock& clock) : clock_(clock) {}

    // Larger than `stored`, the largest version of the rows that are replaced.
    std::uint64_t next(std::uint64_t stored) {
        const auto now = static_cast<std::uint64_t>(
            std::max<std::int64_t>(1, clock_.now().time_since_epoch().count()));
        last_ = std::max({now, last_ + 1, stored + 1});
        return last_;
    }

  private:
    const Clock& clock_;
    std::uint64_t last_ = 0;
};

}  // namespace ringtail::clickhouse
