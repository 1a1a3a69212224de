#pragma once
#include "jobs/pool.hpp"
#include "jobs/scheduler.hpp"

namespace ringtail::jobs {

// The scheduler and the workers, waking each other. Starts at once; the destructor asks the runs
// under way to stop, gives them back and waits for them.
class Engine {
  public:
    explicit Engine(const Workshop& shop, SchedulerOptions scheduler = {}, PoolOptions pool = {})
        : scheduler_(shop, scheduler, [this] { pool_.wake(); }),
          pool_(shop, pool, [this] { scheduler_.wake(); }) {
        scheduler_.start();
    }
    ~Engine() { scheduler_.stop(); }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    // Something may be there to do: a run was queued, a source changed.
    void wake() {
        scheduler_.wake();
        pool_.wake();
    }
    // Webhooks wait in the inbox.
    void hooks_came() { scheduler_.wake(); }

  private:
    Scheduler scheduler_;
    WorkerPool pool_;
};

}  // namespace ringtail::jobs
