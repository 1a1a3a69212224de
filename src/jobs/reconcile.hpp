#pragma once
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "jobs/run_one.hpp"

namespace ringtail::jobs {

// Compares what is stored with the source, part by part, and repairs it (docs/reconciliation.md):
// what is missing or different is loaded again in one transaction a part, rows that the source does
// not name are marked, and removed when that is still so an hour later. Ends as `queued` when more
// urgent work of the source waits, and goes on where it was; as `done` at the job's budget of
// requests, where the job's next run goes on. Errors as those of Source and Destination.
Outcome reconcile(const Workshop& shop, const Account& account, const Task& task,
                  const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop);

// What it would find now. Writes nothing, and does not keep to the budget.
struct PlannedPart {
    std::string table, day;
    std::uint64_t there = 0, here = 0, open = 0, missing = 0, changed = 0, extra = 0;
};
std::vector<PlannedPart> plan_reconcile(ComparisonPlan plan, Destination& destination,
                                        const std::stop_token& stop);

}  // namespace ringtail::jobs
