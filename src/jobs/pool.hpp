#pragma once
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "jobs/run_one.hpp"

namespace ringtail::jobs {

struct PoolOptions {
    unsigned threads = 64;  // runs at a time, each of another source
    // So few threads do the runs as long as they get on: side by side runs only wait for each
    // other. When none has begun another run for so long, more threads help.
    unsigned usual_threads = 2;
    std::chrono::milliseconds stuck{50};
    std::chrono::milliseconds look{1'000};       // for what other processes have queued or want
    std::chrono::milliseconds heartbeat{5'000};  // of the runs under way
    // After something was queued or has ended: what follows so soon is taken with it.
    std::chrono::milliseconds breath{20};
};

// Takes queued runs from the store and does them, those for webhooks together as far as that goes,
// the others one after the other on few threads, and on more where those are held up: a source that
// is stuck holds one thread and nobody else. At most one run of a source is under way
// (control/runs.hpp sees to it, over all processes).
class WorkerPool {
  public:
    // `ended` is called on the pool's thread after runs have ended.
    WorkerPool(const Workshop& shop, PoolOptions options, std::function<void()> ended);
    // Asks all runs to stop, gives them back as queued and waits for them.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    // Something may have been queued. Returns at once.
    void wake();

  private:
    struct ActiveRun;
    struct Lane;
    void supervise(const std::stop_token& stop);
    void start_some();
    void start(const control::RunRecord& run, Instant now);
    void look_after(ActiveRun& active, bool beat_is_due, control::Wish wish);
    void add_lanes();
    void work(Lane& lane, const std::stop_token& stop);
    std::vector<ActiveRun*> next_ready(const std::stop_token& stop);
    void load_together(std::span<ActiveRun* const> burst, const std::stop_token& stop);
    static void end(ActiveRun& active, Outcome outcome);
    void settle_ended();
    void decide(ActiveRun& active, Instant now) const;
    std::vector<bool> store_ends(std::span<const control::EndedRun> ended, Instant now) const;
    void announce(const ActiveRun& active);

    const Workshop& shop_;
    const PoolOptions options_;
    const std::function<void()> ended_;
    const std::string holder_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool woken_ = false;
    std::condition_variable_any ready_changed_;
    std::deque<ActiveRun*> ready_;  // taken, and not begun; first those that
    // may be done together
    std::chrono::steady_clock::time_point begun_;     // when the last one was
    std::size_t working_lanes_ = 0, idle_lanes_ = 0;  // those that wait are among the working ones
    // The supervisor's own.
    std::list<std::unique_ptr<ActiveRun>> active_;
    std::list<std::unique_ptr<Lane>> lanes_;
    std::jthread supervisor_;  // last: ends before what it uses
};

}  // namespace ringtail::jobs
