#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "child.hpp"

namespace ringtail::bench {

// The stand-in's calls begin so many days before today.
inline constexpr int kDays = 60;
std::string day_before(int days);  // YYYY-MM-DD in UTC

struct Call {
    std::int64_t id;
    std::string hook;  // its webhook's body
};

// Calls that the stand-in's API knows and that no load reads: the overlap is three days.
std::vector<Call> unread_calls(const Sim& sim);

}  // namespace ringtail::bench
