#include "jobs/pool.hpp"

#include <fmt/core.h>

#include <atomic>
#include <iterator>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "jobs/retry.hpp"

namespace ringtail::jobs {

using control::RunState;
using control::Wish;

// One run under way. The supervisor beats for it while its thread works, so that a run which waits
// for a slow service is known to be alive, and stores how it ended.
struct WorkerPool::Worker {
    control::RunRecord run;
    std::string source;  // its name
    std::unique_ptr<Recorder> recorder;
    Wish wish = Wish::go_on;
    Instant beaten;
    Outcome outcome;                 // once it has ended
    std::atomic<bool> ended{false};  // the thread is about to end
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
    for (const auto& worker : workers_) worker->thread.join();
    try {
        settle_ended();
    } catch (const std::exception& error) {
        // They are taken up again by the next service.
        shop_.log.error(fmt::format("workers: {}", error.what()));
    }
}

void WorkerPool::wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

void WorkerPool::supervise(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            settle_ended();
            start_some();
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
        // What ends or is queued meanwhile is stored and taken with it.
        changed_.wait_for(lock, stop, options_.breath, [] { return false; });
        woken_ = false;
    }
}

void WorkerPool::start_some() {
    if (workers_.size() >= options_.threads) return;
    const Instant now = shop_.clock.now();
    const std::size_t free = options_.threads - workers_.size();
    for (const control::RunRecord& run : shop_.store.runs().claim(holder_, now, free)) try {
            start(run, now);
        } catch (const std::exception& error) {
            shop_.log.error(fmt::format("run {} is put off: {}", run.number, error.what()));
            shop_.store.runs().finish(run, {.state = RunState::queued}, now);
        }
}

void WorkerPool::start(const control::RunRecord& run, Instant now) {
    auto worker = std::make_unique<Worker>();
    worker->run = run;
    const auto source = shop_.store.sources().find(run.source);
    worker->source = source ? source->name : fmt::format("source {}", run.source);
    worker->recorder =
        std::make_unique<Recorder>(worker->run, worker->source, shop_.metrics, shop_.log);
    worker->beaten = now;
    Worker& place = *worker;
    workers_.push_back(std::move(worker));
    try {
        place.thread =
            std::jthread([this, &place](const std::stop_token& stop) { work(place, stop); });
    } catch (...) {
        workers_.pop_back();
        throw;
    }
}

void WorkerPool::look_after(Worker& worker, bool beat_is_due, Wish wish) {
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
    worker.outcome = run_one(shop_, worker.run, *worker.recorder, stop);
    failpoint("run_ending");
    worker.ended = true;
    wake();
}

// Stores the ends of all workers that have ended, in one transaction. When that cannot be just now
// they are kept for the next try, and the error is thrown.
void WorkerPool::settle_ended() {
    std::list<std::unique_ptr<Worker>> gone;
    for (auto at = workers_.begin(); at != workers_.end();) {
        const auto next = std::next(at);
        if ((*at)->ended) gone.splice(gone.end(), workers_, at);
        at = next;
    }
    if (gone.empty()) return;
    const Instant now = shop_.clock.now();
    std::vector<control::EndedRun> ended;
    for (const auto& worker : gone) {
        if (worker->thread.joinable()) worker->thread.join();
        decide(*worker, now);
        ended.push_back({&worker->run, &worker->outcome.ending});
    }
    std::vector<bool> stored;
    try {
        stored = store_ends(ended, now);
    } catch (...) {
        workers_.splice(workers_.end(), gone);
        throw;
    }
    std::size_t at = 0;
    for (const auto& worker : gone) {
        if (stored[at++]) announce(*worker);
    }
    ended_();
}

void WorkerPool::decide(Worker& worker, Instant now) const {
    const control::RunRecord& run = worker.run;
    control::Ending& ending = worker.outcome.ending;
    ending.last.rows = worker.recorder->beat().rows;  // some may have been told since
    if (ending.state == RunState::queued) {
        if (worker.wish == Wish::cancel) ending.state = RunState::cancelled;
        if (worker.wish == Wish::pause) ending.state = RunState::paused;
    }
    if (ending.state == RunState::failed) {
        const Fault fault = worker.outcome.fault.value_or(Fault::bug);
        const auto pause = retry_after(run.kind, run.attempt, fault);
        if (pause) ending.next_attempt = now + *pause;
    }
    // What they have loaded is stored; made again they find nothing to do.
    ending.may_be_lost = ending.state == RunState::done && (run.kind == control::JobKind::hooks ||
                                                            run.kind == control::JobKind::load);
}

// Which of them were stored. One that the store will not have is left out: it stays "running"
// without a beat, and is taken up again as crashed ones are.
std::vector<bool> WorkerPool::store_ends(std::span<const control::EndedRun> ended,
                                         Instant now) const try {
    return shop_.store.runs().finish(ended, now);
} catch (const Error& error) {
    if (error.fault() == Fault::transient) throw;
    if (ended.size() == 1) {
        shop_.log.error(fmt::format("the end of run {} could not be stored: {}",
                                    ended.front().run->number, error.what()));
        return {false};
    }
    std::vector<bool> stored;
    for (const control::EndedRun& one : ended) stored.push_back(store_ends({&one, 1}, now).front());
    return stored;
}

void WorkerPool::announce(const Worker& worker) try {
    const control::RunRecord& run = worker.run;
    const control::Ending& ending = worker.outcome.ending;
    const std::string kind(control::name_of(run.kind));
    const std::string state(control::name_of(ending.state));
    if (ending.state != RunState::queued && ending.state != RunState::paused) {
        shop_.metrics
            .counter(metric::kRuns, {{"source", worker.source}, {"kind", kind}, {"state", state}})
            .add();
    }
    const auto source = shop_.store.sources().find(run.source);
    const auto say = [&](std::string_view status, const std::string& message) {
        if (source && (source->status != status || source->message != message)) {
            shop_.store.sources().set_status(run.source, status, message);
        }
    };
    if (ending.state == RunState::done) say("ok", "");
    if (ending.state != RunState::failed) return;
    say("failed", ending.message);
    const Fault fault = worker.outcome.fault.value_or(Fault::bug);
    shop_.metrics.counter(metric::kErrors, {{"source", worker.source}, {"fault", name_of(fault)}})
        .add();
    shop_.log.error(fmt::format("{}: {} failed: {}", worker.source, kind, ending.message));
} catch (const std::exception& error) {
    shop_.log.error(
        fmt::format("{}: its status could not be stored: {}", worker.source, error.what()));
}

}  // namespace ringtail::jobs
