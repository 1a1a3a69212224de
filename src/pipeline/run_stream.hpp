#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "destination/destination.hpp"
#include "source/source.hpp"

namespace ringtail {

struct StreamOptions {
    std::string name;                         // the stream's name in ringtail_checkpoints
    bool once = false;                        // end when the source has no more for now
    std::chrono::milliseconds every{60'000};  // pause between rounds
    std::size_t rows_per_load = 20'000;       // a load is closed at whichever comes first
    std::size_t bytes_per_load = 4U << 20U;  // two waiting loads and one under way bound the memory
    // A load is closed after this time even if it is small; checked when a page has come.
    std::chrono::milliseconds max_wait_per_load{std::chrono::hours(1)};
    unsigned attempts_once =
        10;  // `once`: attempts without progress before giving up; following never does
    std::chrono::milliseconds first_pause{
        1'000};  // between attempts: doubles up to 64 s, then every 5 min; ±10 %
    std::chrono::milliseconds last_pause{std::chrono::minutes(5)};  // no pause is longer (±10 %)
};

struct LoadUnit;

// What a run has done so far; all counts are of committed loads.
struct RunSummary {
    RunSummary() = default;
    explicit RunSummary(std::span<const Table> of);

    std::vector<TableStats> tables;  // one per table of the source
    Tally tally;
    std::uint64_t loads = 0, bytes = 0;
    std::uint64_t rounds = 0;
    std::uint64_t expected = 0;  // how many ids will be listed, as far as can be told; 0: not known
    std::uint64_t failed_attempts = 0;
    std::chrono::milliseconds elapsed{0};
    Checkpoint stored;  // by the last load; empty before the first
    std::uint64_t rejected() const;
    void add(const LoadStats& stats, const LoadUnit& unit);  // once it is loaded
};

// Told of what happens, from the pipeline's threads, one call at a time.
class Observer {
  public:
    virtual ~Observer() = default;
    virtual void loaded(const RunSummary& so_far) = 0;  // after each commit
    virtual void round_done(
        const RunSummary& so_far) = 0;  // caught up; everything listed is accounted for
    virtual void attempt_failed(const Error& error, std::chrono::milliseconds pause) = 0;
};

// Reads the source into the destination until it has caught up (`once`) or a stop is requested.
// Takes the stream's lease, fetches and decodes on one thread, loads on another; a page's rows,
// what it rejects and the checkpoint after it commit in one transaction. Transient errors are
// retried from the stored checkpoint; others are thrown, with what was committed kept.
// Error(stopped) when `stop` came before a `once` run was done; following returns normally on stop.
RunSummary run_stream(Source& source, const DestinationFactory& destinations,
                      const StreamOptions& options, Clock& clock, Logger& log, Observer& observer,
                      std::stop_token stop);

}  // namespace ringtail
