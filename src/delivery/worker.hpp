#pragma once
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "delivery/dispatcher.hpp"

namespace ringtail::delivery {

struct WorkerOptions {
    std::string outbox, stream;
    ReceiverOptions receiver;
    DispatchOptions dispatch;
    unsigned patience_of_drain = 10;  // drain() gives up when Dispatcher::in_vain() is that much
};

// A stream's deliveries on a thread of their own. Transient errors of the outbox (a full disk) are
// logged and waited out; what ends it is kept for check().
class Worker {
  public:
    // `ended` is called on the worker's thread when an error has ended it.
    Worker(WorkerOptions options, Clock& clock, Logger& log, std::function<void()> ended);
    ~Worker();  // as finish()

    void wake() { sender_.wake(); }  // something was queued; from any thread
    DispatchStats stats() const;
    // Throws what has ended the worker.
    void check() const;
    // Waits until nothing is owed any more. Error(stopped) on stop; Error(transient) when the
    // receiver is down for good, or says "later" without end.
    void drain(const std::stop_token& stop);
    void close();  // begins no more attempts; returns at once
    // The same, and waits up to kPatience for those under way to be settled.
    void finish();
    static constexpr std::chrono::seconds kPatience{7};

  private:
    void run(const std::stop_token& stop);
    bool turn(Dispatcher& dispatcher, std::chrono::milliseconds& pause);

    const WorkerOptions options_;
    Clock& clock_;
    Logger& log_;
    std::function<void()> ended_;
    HttpSender sender_;
    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    DispatchStats stats_;
    bool draining_ = false, drained_ = false;
    unsigned in_vain_ = 0;
    std::exception_ptr failure_;
    std::jthread thread_;  // last
};

}  // namespace ringtail::delivery
