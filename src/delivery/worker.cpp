#include "delivery/worker.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/backoff.hpp"
#include "base/error.hpp"

namespace ringtail::delivery {

using namespace std::chrono_literals;

Worker::Worker(WorkerOptions options, Clock& clock, Logger& log, std::function<void()> ended)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      ended_(std::move(ended)),
      sender_(options_.receiver, clock, log),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Worker::~Worker() { finish(); }

void Worker::close() {
    thread_.request_stop();
    sender_.wake();
}

void Worker::finish() {
    if (!thread_.joinable()) return;
    close();
    thread_.join();
}

DispatchStats Worker::stats() const {
    const std::lock_guard lock(mutex_);
    return stats_;
}

void Worker::check() const {
    const std::lock_guard lock(mutex_);
    if (failure_) std::rethrow_exception(failure_);
}

void Worker::drain(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    draining_ = true;
    sender_.wake();
    const auto is_hopeless = [&] { return in_vain_ >= options_.patience_of_drain; };
    changed_.wait(lock, stop, [&] { return drained_ || failure_ || is_hopeless(); });
    if (failure_) std::rethrow_exception(failure_);
    if (drained_) return;
    if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the end");
    throw Error(Fault::transient,
                fmt::format("the receiver takes no deliveries: {} times in a row it was down, or "
                            "answered 429 or 503 with Retry-After; what is owed is kept",
                            in_vain_))
        .with_hint("`ringtail deliveries list` shows the answers. Run again when it is back.");
}

// False when the attempts under way need not be waited for any more.
bool Worker::turn(Dispatcher& dispatcher, std::chrono::milliseconds& pause) {
    const Instant next = dispatcher.step();
    pause = std::chrono::ceil<std::chrono::milliseconds>(next - clock_.now());
    const std::lock_guard lock(mutex_);
    stats_ = dispatcher.stats();
    in_vain_ = dispatcher.in_vain();
    if (draining_) drained_ = dispatcher.is_drained();
    if (draining_) changed_.notify_all();
    return !dispatcher.is_idle();
}

void Worker::run(const std::stop_token& stop) {
    try {
        control::Outbox outbox(options_.outbox, options_.stream);
        Dispatcher dispatcher(outbox, sender_, options_.dispatch, clock_, log_);
        Backoff backoff(500ms);
        Instant deadline = Instant::max();
        while (true) {
            if (stop.stop_requested() && deadline == Instant::max()) {
                dispatcher.close();
                deadline = clock_.now() + kPatience;
            }
            std::chrono::milliseconds pause{0};
            try {
                const bool under_way = turn(dispatcher, pause);
                backoff.reset();
                if (stop.stop_requested() && deadline != Instant::max() && !under_way) return;
            } catch (const Error& error) {
                if (error.fault() != Fault::transient) throw;
                pause = std::min<std::chrono::milliseconds>(backoff.next(), 10s);
                log_.error(fmt::format("deliveries: {}; trying again", error.what()));
            }
            if (clock_.now() >= deadline) return;
            sender_.wait(std::clamp<std::chrono::milliseconds>(pause, 0ms, 1s));
        }
    } catch (...) {
        {
            const std::lock_guard lock(mutex_);
            failure_ = std::current_exception();
            changed_.notify_all();
        }
        if (ended_) ended_();
    }
}

}  // namespace ringtail::delivery
