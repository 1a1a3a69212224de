#pragma once
#include <cstdint>
#include <string_view>

#include "control/runs.hpp"

// The steps inside the transactions of Runs.
namespace ringtail::control {

// ?1: now, ?2: how many. The next runs to take, one of a source: see Runs::claim().
extern const std::string_view kNextRuns;

// In these very words it lets SQLite use the index of open runs, which are few among many.
inline constexpr std::string_view kOpen = "state IN ('queued', 'running', 'paused', 'crashed')";

// Stores what a worker says, with the rows in the statistics of the day; false when the claim is
// not the run's last any more.
bool store_beat(sqlite::Connection& db, const RunRecord& run, const Beat& beat, Instant now);
// A run put back to `queued` is cancelled or paused when that was wanted meanwhile.
void end_run(sqlite::Connection& db, std::int64_t number, const Ending& ending, Instant now);
// In transactions of their own:
void mark_crashed(sqlite::Connection& db, const RunRecord& run, Instant now);
std::size_t queue_crashed(sqlite::Connection& db, Instant now);

}  // namespace ringtail::control
