#pragma once
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "jobs/run_one.hpp"

namespace ringtail::jobs {

// Deletes what is older than the job keeps: in transactions of some thousand rows with pauses
// between them, rows that point at others first, so that it can end anywhere and be gone on with.
// Before the first, the floor is stored that keeps the rows from being loaded again. Ends as
// `queued` when more urgent work of the source waits. Errors as those of Destination.
Outcome prune(const Workshop& shop, const Account& account, const Task& task,
              const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop);

// What it would delete, without the rows that hang on these.
struct PlannedCut {
    std::string table;
    Instant before;
    std::uint64_t rows = 0;
    bool at_least = false;  // so many: with others, rows go that nothing will point at any more
};
std::vector<PlannedCut> plan_prune(const Pruning& pruning, Destination& destination);

}  // namespace ringtail::jobs
