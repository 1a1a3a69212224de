#pragma once
#include <chrono>
#include <condition_variable>
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
    unsigned threads = 64;                       // runs at a time, each of another source
    std::chrono::milliseconds look{1'000};       // for what other processes have queued or want
    std::chrono::milliseconds heartbeat{5'000};  // of the runs under way
    // After something was queued or has ended: what follows so soon is taken with it.
    std::chrono::milliseconds breath{20};
};

// Takes queued runs from the store and does them, each on a thread of its own, made when there is
// work: a source that is stuck holds one thread and nobody else. At most one run of a source is
// under way (control/runs.hpp sees to it, over all processes).
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
    struct Worker;
    void supervise(const std::stop_token& stop);
    void start_some();
    void start(const control::RunRecord& run, Instant now);
    void look_after(Worker& worker, bool beat_is_due, control::Wish wish);
    void work(Worker& worker, const std::stop_token& stop);
    void settle_ended();
    void decide(Worker& worker, Instant now) const;
    std::vector<bool> store_ends(std::span<const control::EndedRun> ended, Instant now) const;
    void announce(const Worker& worker);

    const Workshop& shop_;
    const PoolOptions options_;
    const std::function<void()> ended_;
    const std::string holder_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool woken_ = false;
    std::list<std::unique_ptr<Worker>> workers_;  // the supervisor's own
    std::jthread supervisor_;                     // last: ends before what it uses
};

}  // namespace ringtail::jobs
