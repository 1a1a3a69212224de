#include "jobs/pool.hpp"

#include <fmt/core.h>

#include <atomic>
#include <map>

#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "jobs/retry.hpp"

namespace ringtail::jobs {

using control::RunState;
using control::Wish;

// One run under way. The supervisor beats for it while its thread works, so that a run which waits
// for a slow service is known to be alive.
struct WorkerPool::Worker {
    control::RunRecord run;
    std::string source;  // its name
    std::unique_ptr<Recorder> recorder;
    std::mutex mutex;  // of `ended`: no beat after the end
    bool ended = false;
    std::atomic<Wish> wish{Wish::go_on};
    std::atomic<bool> gone{false};  // the thread is about to end
    Instant beaten;
    std::jthread thread;
};

WorkerPool::WorkerPool(const Workshop& shop, PoolOptions options, std::function<void()> ended)
    : shop_(shop), options_(options), ended_(std::move(ended)), holder_(this_holder()) {
    supervisor_ = std::jthread([this](const std::stop_token& stop) { supervise(stop); });
}

WorkerPool::~WorkerPool() {
    supervisor_.request_stop();
    supervisor_.join();
    for (const auto& worker : workers_) worker->thread.request_stop();
    workers_.clear();
}

void WorkerPool::wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

void WorkerPool::supervise(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            workers_.remove_if([](const auto& worker) { return worker->gone.load(); });
            while (workers_.size() < options_.threads && start_one()) {
            }
            const Instant now = shop_.clock.now();
            const auto wishes =
                workers_.empty() ? std::map<std::int64_t, Wish>() : shop_.store.runs().wishes();
            for (const auto& worker : workers_) {
                const auto wish = wishes.find(worker->run.number);
                look_after(*worker, now - worker->beaten >= options_.heartbeat,
                           wish == wishes.end() ? Wish::go_on : wish->second);
            }
        } catch (const std::exception& error) {
            // The disk is full, or another process holds the file: work goes on, beats follow.
            shop_.log.error(fmt::format("workers: {}", error.what()));
        }
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, stop, options_.look, [this] { return woken_; });
        woken_ = false;
    }
}

bool WorkerPool::start_one() {
    const Instant now = shop_.clock.now();
    const auto run = shop_.store.runs().claim(holder_, now);
    if (!run) return false;
    auto worker = std::make_unique<Worker>();
    worker->run = *run;
    const auto source = shop_.store.sources().find(run->source);
    worker->source = source ? source->name : fmt::format("source {}", run->source);
    worker->recorder =
        std::make_unique<Recorder>(worker->run, worker->source, shop_.metrics, shop_.log);
    worker->beaten = now;
    Worker& place = *worker;
    worker->thread =
        std::jthread([this, &place](const std::stop_token& stop) { work(place, stop); });
    workers_.push_back(std::move(worker));
    return true;
}

void WorkerPool::look_after(Worker& worker, bool beat_is_due, Wish wish) {
    const std::scoped_lock lock(worker.mutex);
    if (worker.ended) return;
    if (beat_is_due) {
        const control::Beat beat = worker.recorder->beat();
        wish = shop_.store.runs().beat(worker.run, beat, shop_.clock.now());
        worker.recorder->kept(beat);
        worker.beaten = shop_.clock.now();
    }
    if (wish == Wish::go_on) return;
    worker.wish = wish;
    worker.thread.request_stop();
}

void WorkerPool::work(Worker& worker, const std::stop_token& stop) {
    Outcome outcome = run_one(shop_, worker.run, *worker.recorder, stop);
    try {
        settle(worker, outcome);
    } catch (const std::exception& error) {
        // The run stays "running" without a beat, and is taken up again as crashed ones are.
        shop_.log.error(fmt::format("{}: the end of run {} could not be stored: {}", worker.source,
                                    worker.run.number, error.what()));
    }
    ended_();
    worker.gone = true;
    wake();
}

void WorkerPool::settle(Worker& worker, Outcome& outcome) {
    const control::RunRecord& run = worker.run;
    control::Store& store = shop_.store;
    const Wish wish = worker.wish;
    if (outcome.ending.state == RunState::queued) {
        if (wish == Wish::cancel) outcome.ending.state = RunState::cancelled;
        if (wish == Wish::pause) outcome.ending.state = RunState::paused;
    }
    const Instant now = shop_.clock.now();
    const Fault fault = outcome.fault.value_or(Fault::bug);
    if (outcome.ending.state == RunState::failed) {
        const auto pause = retry_after(run.kind, run.attempt, fault);
        if (pause) outcome.ending.next_attempt = now + *pause;
    }
    // What they have loaded is stored; made again they find nothing to do.
    outcome.ending.may_be_lost =
        outcome.ending.state == RunState::done &&
        (run.kind == control::JobKind::hooks || run.kind == control::JobKind::load);
    failpoint("run_ending");
    {
        const std::scoped_lock lock(worker.mutex);
        worker.ended = true;
        if (!store.runs().finish(run, outcome.ending, now)) return;
    }
    const std::string kind(control::name_of(run.kind));
    const std::string state(control::name_of(outcome.ending.state));
    if (outcome.ending.state != RunState::queued && outcome.ending.state != RunState::paused) {
        shop_.metrics
            .counter(metric::kRuns, {{"source", worker.source}, {"kind", kind}, {"state", state}})
            .add();
    }
    const auto source = store.sources().find(run.source);
    const auto say = [&](std::string_view status, const std::string& message) {
        if (source && (source->status != status || source->message != message)) {
            store.sources().set_status(run.source, status, message);
        }
    };
    if (outcome.ending.state == RunState::done) say("ok", "");
    if (outcome.ending.state != RunState::failed) return;
    say("failed", outcome.ending.message);
    shop_.metrics.counter(metric::kErrors, {{"source", worker.source}, {"fault", name_of(fault)}})
        .add();
    shop_.log.error(fmt::format("{}: {} failed: {}", worker.source, kind, outcome.ending.message));
}

}  // namespace ringtail::jobs
