#pragma once
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "control/runs.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail::jobs {

// What one taking of a run has to tell the store: counters move after commits only. The pipeline's
// threads tell it, the pool's asks.
class Recorder final : public Observer {
  public:
    // Goes on from what earlier takings of the run have counted. `requests` may be unset.
    Recorder(const control::RunRecord& run, std::string source, Metrics& metrics, Logger& log);

    // What to ask how many requests were made, until detach() is called. It must not block.
    void attach(std::function<std::uint64_t()> requests);
    void detach();
    // Called after each commit, on the pipeline's thread.
    void on_commit(std::function<void(const Checkpoint&)> told) { on_commit_ = std::move(told); }

    void loaded(const RunSummary& so_far) override;
    void round_done(const RunSummary& so_far) override;
    void attempt_failed(const Error& error, std::chrono::milliseconds pause) override;

    void set_progress(std::string json);
    // The rows are those since the last beat() that was kept().
    control::Beat beat();
    void kept(const control::Beat& beat);
    // Values of all takings of the run that could not be stored as their columns' type.
    std::uint64_t rejected() const;
    // What the last failed attempt said, "" once a load has worked after it.
    std::string trouble() const;

  private:
    void count(const control::TableRows& rows);

    const std::string source_;  // its name
    const control::Counters before_;
    std::function<std::uint64_t()> requests_;
    std::function<void(const Checkpoint&)> on_commit_;
    Metrics& metrics_;
    Logger& log_;
    mutable std::mutex mutex_;
    std::vector<TableStats> tables_;        // of this taking
    std::vector<control::TableRows> told_;  // what the store knows of them
    std::string progress_;
    std::string trouble_;
    std::uint64_t requests_made_ = 0, requests_told_ = 0;
};

}  // namespace ringtail::jobs
