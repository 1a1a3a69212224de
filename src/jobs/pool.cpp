#include "jobs/pool.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <iterator>
#include <map>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "jobs/burst.hpp"
#include "jobs/retry.hpp"

namespace ringtail::jobs {

using control::JobKind;
using control::RunState;
using control::Wish;

namespace {

using namespace std::chrono_literals;

constexpr auto kLinger = 5s;  // of a thread that has nothing to do
// When runs are held up: a thread more for every so many of them.
constexpr std::size_t kWaitingPerThread = 8;

}  // namespace

// One run under way, or about to begin. The supervisor beats for it meanwhile, so that a run which
// waits for a slow service is known to be alive, and stores how it ended.
struct WorkerPool::ActiveRun {
    control::RunRecord run;
    std::string source;  // its name
    std::unique_ptr<Recorder> recorder;
    Wish wish = Wish::go_on;
    Instant beaten;
    Outcome outcome;                 // once it has ended
    bool alone = false;              // not with others: that was tried, or there is no such way
    std::atomic<bool> ended{false};  // only the supervisor touches it from then on
    std::stop_source stop;
};

// A thread that does runs, one after the other.
struct WorkerPool::Lane {
    std::atomic<bool> gone{false};
    std::jthread thread;
};

WorkerPool::WorkerPool(const Workshop& shop, PoolOptions options, std::function<void()> ended)
    : shop_(shop), options_(options), ended_(std::move(ended)), holder_(this_holder()) {
    supervisor_ = std::jthread([this](const std::stop_token& stop) { supervise(stop); });
}

WorkerPool::~WorkerPool() {
    supervisor_.request_stop();
    supervisor_.join();
    for (const auto& lane : lanes_) lane->thread.request_stop();
    for (const auto& active : active_) active->stop.request_stop();
    lanes_.clear();
    for (ActiveRun* const active : ready_) {
        active->outcome.ending.state = RunState::queued;
        active->outcome.ending.last = active->recorder->beat();
        active->ended = true;
    }
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
            add_lanes();
            const Instant now = shop_.clock.now();
            const auto wishes =
                active_.empty() ? std::map<std::int64_t, Wish>() : shop_.store.runs().wishes();
            for (const auto& active : active_) {
                const auto wish = wishes.find(active->run.number);
                look_after(*active, now - active->beaten >= options_.heartbeat,
                           wish == wishes.end() ? Wish::go_on : wish->second);
            }
        } catch (const std::exception& error) {
            // The disk is full, or another process holds the file: work goes on, beats follow.
            shop_.log.error(fmt::format("workers: {}", error.what()));
        }
        std::unique_lock lock(mutex_);
        const auto wait = ready_.empty() ? options_.look : std::min(options_.look, options_.stuck);
        changed_.wait_for(lock, stop, wait, [this] { return woken_; });
        // What ends or is queued meanwhile is stored and taken with it.
        changed_.wait_for(lock, stop, options_.breath, [] { return false; });
        woken_ = false;
    }
}

void WorkerPool::start_some() {
    if (active_.size() >= options_.threads) return;
    const Instant now = shop_.clock.now();
    const std::size_t free = options_.threads - active_.size();
    for (const control::RunRecord& run : shop_.store.runs().claim(holder_, now, free)) try {
            start(run, now);
        } catch (const std::exception& error) {
            shop_.log.error(fmt::format("run {} is put off: {}", run.number, error.what()));
            shop_.store.runs().finish(run, {.state = RunState::queued}, now);
        }
}

void WorkerPool::start(const control::RunRecord& run, Instant now) {
    auto active = std::make_unique<ActiveRun>();
    active->run = run;
    const auto source = shop_.store.sources().find(run.source);
    active->source = source ? source->name : fmt::format("source {}", run.source);
    active->recorder =
        std::make_unique<Recorder>(active->run, active->source, shop_.metrics, shop_.log);
    active->beaten = now;
    active->alone = run.kind != JobKind::hooks;
    active_.push_back(std::move(active));
    const std::scoped_lock lock(mutex_);
    const auto place =
        run.kind == JobKind::hooks ? std::ranges::find_if(ready_, &ActiveRun::alone) : ready_.end();
    ready_.insert(place, active_.back().get());
    ready_changed_.notify_one();
}

// When there are too few for what is ready.
void WorkerPool::add_lanes() {
    lanes_.remove_if([](const auto& lane) { return lane->gone.load(); });
    std::size_t more = 0;
    {
        const std::scoped_lock lock(mutex_);
        if (ready_.size() <= idle_lanes_) return;
        const auto now = std::chrono::steady_clock::now();
        if (working_lanes_ < options_.usual_threads) {
            more = options_.usual_threads - working_lanes_;
        } else if (now - begun_ >= options_.stuck) {
            more = 1 + ready_.size() / kWaitingPerThread;
            begun_ = now;
        }
        more = std::min({more, ready_.size() - idle_lanes_, options_.threads - working_lanes_});
        working_lanes_ += more;
    }
    for (; more > 0; --more) {
        Lane& lane = *lanes_.emplace_back(std::make_unique<Lane>());
        try {
            lane.thread =
                std::jthread([this, &lane](const std::stop_token& stop) { work(lane, stop); });
        } catch (...) {
            lanes_.pop_back();
            const std::scoped_lock lock(mutex_);
            working_lanes_ -= more;
            throw;
        }
    }
}

// What is next: one run, or those that may be done together. Nothing when the thread is to end:
// there was none for a while, or there are others to wait.
std::vector<WorkerPool::ActiveRun*> WorkerPool::next_ready(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (working_lanes_ <= options_.usual_threads) {
        ++idle_lanes_;
        ready_changed_.wait_for(lock, stop, kLinger, [this] { return !ready_.empty(); });
        --idle_lanes_;
    }
    if (ready_.empty() || stop.stop_requested()) {
        --working_lanes_;
        return {};
    }
    auto end = std::ranges::find_if(ready_, &ActiveRun::alone);
    if (end == ready_.begin()) ++end;
    std::vector<ActiveRun*> next(ready_.begin(), end);
    ready_.erase(ready_.begin(), end);
    begun_ = std::chrono::steady_clock::now();
    return next;
}

void WorkerPool::look_after(ActiveRun& active, bool beat_is_due, Wish wish) {
    if (active.ended) return;
    if (beat_is_due) {
        const control::Beat beat = active.recorder->beat();
        wish = shop_.store.runs().beat(active.run, beat, shop_.clock.now());
        active.recorder->kept(beat);
        active.beaten = shop_.clock.now();
    }
    if (wish == Wish::go_on) return;
    active.wish = wish;
    active.stop.request_stop();
}

void WorkerPool::work(Lane& lane, const std::stop_token& stop) {
    for (auto next = next_ready(stop); !next.empty(); next = next_ready(stop)) {
        if (ActiveRun* const active = next.front(); active->alone) {
            end(*active, run_one(shop_, active->run, *active->recorder, active->stop.get_token()));
        } else {
            load_together(next, stop);
        }
        wake();
    }
    lane.gone = true;
}

void WorkerPool::load_together(std::span<ActiveRun* const> burst, const std::stop_token& stop) {
    std::vector<BurstRun> runs;
    for (const ActiveRun* const active : burst)
        runs.push_back({&active->run, active->recorder.get()});
    auto outcomes = load_burst(shop_, runs, stop);
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = burst.size(); i-- > 0;) {
        if (outcomes[i]) {
            end(*burst[i], std::move(*outcomes[i]));
        } else {
            ready_.insert(std::ranges::find_if(ready_, &ActiveRun::alone), burst[i]);
            burst[i]->alone = true;
            ready_changed_.notify_one();
        }
    }
}

void WorkerPool::end(ActiveRun& active, Outcome outcome) {
    active.outcome = std::move(outcome);
    failpoint("run_ending");
    active.ended = true;
}

// Stores the ends of all runs that have ended, in one transaction. When that cannot be just now
// they are kept for the next try, and the error is thrown.
void WorkerPool::settle_ended() {
    std::list<std::unique_ptr<ActiveRun>> gone;
    for (auto at = active_.begin(); at != active_.end();) {
        const auto next = std::next(at);
        if ((*at)->ended) gone.splice(gone.end(), active_, at);
        at = next;
    }
    if (gone.empty()) return;
    const Instant now = shop_.clock.now();
    std::vector<control::EndedRun> ended;
    for (const auto& active : gone) {
        decide(*active, now);
        ended.push_back({&active->run, &active->outcome.ending});
    }
    std::vector<bool> stored;
    try {
        stored = store_ends(ended, now);
    } catch (...) {
        active_.splice(active_.end(), gone);
        throw;
    }
    std::size_t at = 0;
    for (const auto& active : gone) {
        if (stored[at++]) announce(*active);
    }
    ended_();
}

void WorkerPool::decide(ActiveRun& active, Instant now) const {
    const control::RunRecord& run = active.run;
    control::Ending& ending = active.outcome.ending;
    ending.last.rows = active.recorder->beat().rows;  // some may have been told since
    if (ending.state == RunState::queued) {
        if (active.wish == Wish::cancel) ending.state = RunState::cancelled;
        if (active.wish == Wish::pause) ending.state = RunState::paused;
    }
    if (ending.state == RunState::failed) {
        const Fault fault = active.outcome.fault.value_or(Fault::bug);
        const auto pause = retry_after(run.kind, run.attempt, fault);
        if (pause) ending.next_attempt = now + *pause;
    }
    // What they have loaded is stored; made again they find nothing to do.
    ending.may_be_lost =
        ending.state == RunState::done && (run.kind == JobKind::hooks || run.kind == JobKind::load);
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

void WorkerPool::announce(const ActiveRun& active) try {
    const control::RunRecord& run = active.run;
    const control::Ending& ending = active.outcome.ending;
    const std::string kind(control::name_of(run.kind));
    const std::string state(control::name_of(ending.state));
    if (ending.state != RunState::queued && ending.state != RunState::paused) {
        shop_.metrics
            .counter(metric::kRuns, {{"source", active.source}, {"kind", kind}, {"state", state}})
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
    const Fault fault = active.outcome.fault.value_or(Fault::bug);
    shop_.metrics.counter(metric::kErrors, {{"source", active.source}, {"fault", name_of(fault)}})
        .add();
    shop_.log.error(fmt::format("{}: {} failed: {}", active.source, kind, ending.message));
} catch (const std::exception& error) {
    shop_.log.error(
        fmt::format("{}: its status could not be stored: {}", active.source, error.what()));
}

}  // namespace ringtail::jobs
