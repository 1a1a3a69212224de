#pragma once
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "jobs/comparison.hpp"
#include "source/callkeeper/options.hpp"
#include "source/callkeeper/position.hpp"

namespace ringtail::accounts {

// Compares callkeeper_calls of these days, and the numbers of callkeeper_calls_facts where these
// are wanted. `days` in the order they are read.
jobs::ComparisonPlan compare_callkeeper(callkeeper::Options options,
                                        std::vector<callkeeper::Day> days, unsigned in_flight,
                                        Clock& clock, Logger& log);

}  // namespace ringtail::accounts
