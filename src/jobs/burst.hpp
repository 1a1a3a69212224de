#pragma once
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "jobs/run_one.hpp"

namespace ringtail::jobs {

// A claimed run for the webhooks of a source; none of what it points at may be null.
struct BurstRun {
    const control::RunRecord* run = nullptr;
    Recorder* recorder = nullptr;
};

// Loads the webhooks of several sources together where their destination has joint loads
// (destination/joint_loads.hpp): a run of its own costs a source some milliseconds, however few
// webhooks there are. Asks no service. How each of them ended; nothing: of that one nothing was
// done, and it is for run_one() - its destination loads each source alone, calls of it are due to
// be asked again, it has very many waiting, or something went wrong, which run_one() tells. Throws
// nothing.
std::vector<std::optional<Outcome>> load_burst(const Workshop& shop, std::span<const BurstRun> runs,
                                               const std::stop_token& stop);

}  // namespace ringtail::jobs
