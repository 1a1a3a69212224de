#pragma once
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "control/inbox.hpp"
#include "control/store.hpp"
#include "jobs/run_one.hpp"

namespace ringtail::jobs {

struct SchedulerOptions {
    std::chrono::milliseconds look{1'000};  // for what is due
    // Between two times that waiting webhooks are loaded, which costs some milliseconds: so long
    // for every source that gets webhooks at the time, and no longer than the longest; rows are to
    // be seen within two seconds.
    std::chrono::milliseconds burst_pause{100}, longest_burst_pause{1'000};
    unsigned keep_days = 90;  // of the journal
};

// Queues what is due: jobs by their schedule, webhooks that wait, runs whose process died. What was
// due while no service ran is queued once.
class Scheduler {
  public:
    // `queued` is called when something was queued.
    Scheduler(const Workshop& shop, SchedulerOptions options, std::function<void()> queued);

    // Does all of it once, as at `now`. For one thread. True when something was queued.
    bool step(Instant now);

    // Calls step() on a thread of its own, once a second and soon after wake(), until destroyed.
    void start();
    void stop();
    // Webhooks came in, or a run has ended. Returns at once.
    void wake();

  private:
    bool queue_due_jobs(Instant now);
    bool queue_bursts(Instant now);
    std::chrono::milliseconds burst_pause(Instant now) const;
    void prune(Instant now);
    void loop(const std::stop_token& stop);
    void wait_for_work(const std::stop_token& stop);

    const Workshop& shop_;
    const SchedulerOptions options_;
    const std::function<void()> queued_;
    control::Inbox inbox_;
    std::map<std::int64_t, Instant> last_bursts_;  // by source
    Instant last_burst_;
    std::optional<Instant> burst_due_;  // of the webhooks that are being gathered
    std::optional<Instant> pruned_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool woken_ = false;
    std::jthread thread_;
};

}  // namespace ringtail::jobs
