#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "control/database.hpp"
#include "control/records.hpp"

namespace ringtail::control {

struct RunRequest {
    std::int64_t job = 0;
    unsigned attempt = 1;
    std::optional<Instant> not_before = {};
    Period period = {};
    bool may_be_lost = false;  // in a power cut: whoever asks would ask again
};

// What a worker has to say. Counters are the run's in all; rows are those since it last said
// something, and go to the statistics by day.
struct Beat {
    Counters counters = {};
    std::string progress = "{}";
    std::vector<TableRows> rows = {};
    std::optional<Period> period = {};  // nothing: as it is
};

// put_back: the source has been paused; finish() with `queued`, and it goes on when the source
// does. lost: the run is somebody else's by now, or gone; the worker stops and stores nothing more.
enum class Wish : std::uint8_t { go_on, pause, cancel, put_back, lost };

struct Ending {
    RunState state = RunState::done;  // done, failed, cancelled, paused; queued: given back
    Beat last = {};
    std::string message = {}, hint = {};
    // What comes of it, stored with the end, so that a crash cannot come between the two.
    std::optional<Instant> next_attempt = {};  // of a failed run; none for one that was cancelled
    std::optional<Instant> ask_again = {};     // the source's job for webhooks is due then
    bool may_be_lost = false;  // in a power cut: the run is taken up again as a crashed one then
};

// A job whose next_due has come.
struct DueRun {
    RunRequest request;
    std::optional<Instant> next_due;  // its next time
};

// A run that claim() gave, and how it ended or was put off.
struct EndedRun {
    const RunRecord* run = nullptr;
    const Ending* ending = nullptr;
};

// The runs of jobs, from queued to their end (docs/jobs.md). A job has at most one open run, a
// source at most one running. As store.hpp says about errors and threads.
class Runs {
  public:
    explicit Runs(Database& database) : database_(database) {}

    // The number of the new run; nothing when the job has an open one, or is gone.
    std::optional<std::int64_t> enqueue(const RunRequest& request, Instant now);
    // Several in one transaction; how many are new.
    std::size_t enqueue(std::span<const RunRequest> requests, Instant now);
    // The same for jobs whose next_due has come, with their next times in the same transaction:
    // neither a crash nor a second scheduler makes a run twice or never. A job is moved on also
    // when it has an open run; nothing is done when it is not due any more. A power cut may undo
    // all of it: the jobs are due again then.
    std::size_t enqueue_due(std::span<const DueRun> due, Instant now);

    // Takes up to `most` queued runs, marking them as running. Of the enabled sources without a
    // running run, those that have waited longest; of each one's runs the most urgent kind (hooks,
    // load, history, report, reconcile, prune), then the oldest. A power cut may undo it: the runs
    // are queued again then.
    std::vector<RunRecord> claim(std::string_view owner, Instant now, std::size_t most);
    std::optional<RunRecord> claim(std::string_view owner, Instant now);
    // The worker is alive; what is wanted of it. At least every 15 s.
    Wish beat(const RunRecord& run, const Beat& beat, Instant now);
    // Ends or puts off a run that claim() gave. False: lost, as Wish says, and nothing is stored.
    bool finish(const RunRecord& run, const Ending& ending, Instant now);
    // Several in one transaction, each as above.
    std::vector<bool> finish(std::span<const EndedRun> ended, Instant now);

    // Running runs whose owner is dead, or silent for so long, become crashed; crashed ones
    // queued. How many are queued again. Call it at the start and every few seconds.
    std::size_t recover_crashed(Instant now,
                                std::chrono::seconds silent = std::chrono::seconds(45));

    // A running run is told by its next beat; any other open one is cancelled or paused at once.
    // The state after that; nothing when there is no such run or it has ended.
    std::optional<RunState> cancel(std::int64_t number, Instant now);
    std::optional<RunState> pause(std::int64_t number, Instant now);
    // A paused run is queued again, or a wish to pause is taken back. False when it is neither.
    bool resume(std::int64_t number, Instant now);

    // What is wanted of the running runs, by number; none for those that just go on.
    std::map<std::int64_t, Wish> wishes();

    std::optional<RunRecord> find(std::int64_t number);
    // The number of the job's last run that was done before that one.
    std::optional<std::int64_t> last_done(std::int64_t job, std::int64_t before);
    // The job's open run, or its last one.
    std::optional<RunRecord> latest(std::int64_t job);
    std::vector<RunRecord> open(std::optional<std::int64_t> source = {});  // oldest first

  private:
    Database& database_;
};

}  // namespace ringtail::control
