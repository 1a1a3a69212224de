#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "cli/console.hpp"
#include "cli/plan.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail::cli {

// Shows how a run gets on: on a terminal a line that is renewed, otherwise a line every 30 s while
// something happens, or JSON lines; failed attempts always. Keeps the last figures for the summary.
class Progress final : public Observer {
  public:
    Progress(Console& console, Logger& log, const Plan& plan)
        : console_(console), log_(log), plan_(plan) {}

    void loaded(const RunSummary& so_far) override;
    void round_done(const RunSummary& so_far) override;
    void attempt_failed(const Error& error, std::chrono::milliseconds pause) override;

    const RunSummary& last() const { return last_; }

  private:
    std::uint64_t rows_per_second();
    std::string line();

    Console& console_;
    Logger& log_;
    const Plan& plan_;
    RunSummary last_;
    std::chrono::milliseconds shown_{0};  // elapsed time when a line was last shown
    std::deque<std::pair<std::chrono::milliseconds, std::uint64_t>> recent_;  // elapsed, rows
};

}  // namespace ringtail::cli
