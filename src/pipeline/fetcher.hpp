#pragma once
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "base/bounded_queue.hpp"
#include "pipeline/load_unit.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail {

// The first of the pipeline's two threads: pages from the source, decoded and gathered into load
// units.
class Fetcher {
  public:
    // Reads one round of `source`, on a thread of its own, until next() has no more. `source` and
    // what it was opened with must outlive this object.
    Fetcher(Source& source, std::shared_ptr<const std::vector<Table>> tables,
            const StreamOptions& options, const Clock& clock);
    ~Fetcher();  // stops the thread and waits for it

    // True when unit() will not wait; false when `patience` ran out.
    bool wait_ready(std::chrono::milliseconds patience, const std::stop_token& stop) {
        return queue_.wait_ready(patience, stop);
    }
    // The next unit; nothing at the end of the round. Throws what the source threw, after the units
    // before it.
    std::optional<LoadUnit> unit(const std::stop_token& stop);

  private:
    void run(const std::stop_token& stop);

    Source& source_;
    std::shared_ptr<const std::vector<Table>> tables_;
    const StreamOptions& options_;
    const Clock& clock_;
    // One is built and one is loaded: the memory bound is kMostUnits times bytes_per_load.
    BoundedQueue<LoadUnit> queue_{kMostUnits - 2};
    std::exception_ptr failure_;  // written before queue_.close(), read after the queue is empty
    std::jthread thread_;
};

}  // namespace ringtail
