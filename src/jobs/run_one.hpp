#pragma once
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "control/store.hpp"
#include "jobs/recorder.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::jobs {

class Deliveries;
class KeptDestinations;
class KeptInboxes;
class KeptKeys;

// What runs need, made once by serve.
struct Workshop {
    control::Store& store;
    std::string inbox_file;
    std::vector<const SourceKind*> kinds;
    DestinationOpener destinations;
    Clock& clock;
    Logger& log;
    Metrics& metrics;
    std::string folder = {};           // of the outboxes
    Deliveries* deliveries = nullptr;  // none: what is owed waits for a service
    KeptDestinations* kept = nullptr;  // where `destinations` gives out kept ones
    KeptInboxes* inboxes = nullptr;    // none: each run opens its own
    KeptKeys* keys = nullptr;          // none: each taking of a prune run looks for its own

    // Error(config) when this program has none of that kind.
    const SourceKind& kind(control::SourceKind wanted) const;
};

// How a taking of a run ended.
struct Outcome {
    control::Ending ending;
    std::optional<Fault> fault;  // of a failed run
};

// How a run has failed by what was thrown.
Outcome ended_by(const std::exception& error);

// Does what a claimed run is to do, or a slice of it, and says how it ended; throws nothing. A stop
// ends it as queued, to be gone on with; the caller knows better when it asked for the stop.
Outcome run_one(const Workshop& shop, const control::RunRecord& run, Recorder& recorder,
                const std::stop_token& stop);

}  // namespace ringtail::jobs
