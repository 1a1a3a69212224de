#include "jobs/scheduler.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "jobs/kept_destinations.hpp"
#include "jobs/schedule.hpp"

namespace ringtail::jobs {

using control::JobKind;
using control::RunState;

namespace {

using namespace std::chrono_literals;

constexpr auto kPruneEvery = std::chrono::hours(24);
// After wake(): what comes in meanwhile goes into the same step. Webhooks wake it all the time.
constexpr auto kBreath = 200ms;

}  // namespace

Scheduler::Scheduler(const Workshop& shop, SchedulerOptions options, std::function<void()> queued)
    : shop_(shop), options_(options), queued_(std::move(queued)), inbox_(shop.inbox_file) {}

bool Scheduler::step(Instant now) {
    const std::size_t recovered = shop_.store.runs().recover_crashed(now);
    if (recovered > 0) {
        shop_.log.warning(fmt::format("runs that were cut off are taken up again: {}", recovered));
    }
    const bool due = queue_due_jobs(now);
    const bool bursts = queue_bursts(now);
    prune(now);
    if (shop_.kept != nullptr) shop_.kept->close_idle();
    const bool any = recovered > 0 || due || bursts;
    if (any) queued_();
    return any;
}

bool Scheduler::queue_due_jobs(Instant now) {
    std::vector<control::DueRun> due;
    for (const control::JobRecord& job : shop_.store.jobs().due(now)) {
        std::optional<Instant> next;
        try {
            next = Schedule::parse(job.schedule).next_after(now, job.created);
        } catch (const Error& error) {
            // Written past our checks; the job runs now and then by hand only.
            shop_.log.error(fmt::format("job {} ({}): {}", job.number, job.name, error.what()));
        }
        due.push_back({{job.number, 1, {}, {}}, next});
    }
    return shop_.store.runs().enqueue_due(due, now) > 0;
}

std::chrono::milliseconds Scheduler::burst_pause(Instant now) const {
    const auto busy = std::ranges::count_if(last_bursts_, [&](const auto& burst) {
        return now - burst.second < 2 * options_.longest_burst_pause;
    });
    return std::min(busy * options_.burst_pause, options_.longest_burst_pause);
}

bool Scheduler::queue_bursts(Instant now) {
    std::vector<control::RunRequest> bursts;
    burst_due_.reset();
    const std::vector<std::int64_t> waiting = inbox_.sources();
    const Instant due = last_burst_ + burst_pause(now);
    if (last_burst_ <= now && now < due) {  // the clock may have been set back
        if (!waiting.empty()) burst_due_ = due;
        return false;
    }
    for (const std::int64_t number : waiting) {
        const auto source = shop_.store.sources().find(number);
        if (!source || source->kind != control::SourceKind::callkeeper || !source->enabled)
            continue;
        // A running load reads the inbox itself; what is left is seen when it has ended.
        const auto open = shop_.store.runs().open(number);
        const bool served = std::ranges::any_of(open, [](const control::RunRecord& run) {
            return run.state == RunState::running || run.kind == JobKind::hooks;
        });
        if (served) continue;
        const auto job = shop_.store.jobs().find(number, control::name_of(JobKind::hooks));
        if (!job || !job->enabled) continue;
        last_burst_ = last_bursts_[number] = now;
        bursts.push_back({.job = job->number, .may_be_lost = true});
    }
    return shop_.store.runs().enqueue(bursts, now) > 0;
}

void Scheduler::prune(Instant now) {
    if (pruned_ && now - *pruned_ < kPruneEvery) return;
    pruned_ = now;
    const auto gone = shop_.store.journal().prune(options_.keep_days, now);
    if (gone > 0) shop_.log.info(fmt::format("journal: {} entries were old enough to go", gone));
}

void Scheduler::start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

void Scheduler::stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
}

void Scheduler::wake() {
    const std::scoped_lock lock(mutex_);
    woken_ = true;
    changed_.notify_all();
}

void Scheduler::loop(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
        try {
            step(shop_.clock.now());
        } catch (const std::exception& error) {
            shop_.log.error(fmt::format("scheduler: {}", error.what()));
        }
        wait_for_work(stop);
        shop_.clock.sleep(kBreath, stop);
    }
}

void Scheduler::wait_for_work(const std::stop_token& stop) {
    std::chrono::microseconds wait = options_.look;
    if (burst_due_) wait = std::clamp(*burst_due_ - shop_.clock.now() - kBreath, 0us, wait);
    std::unique_lock lock(mutex_);
    // Webhooks that are being gathered: more of them are no reason to look before.
    changed_.wait_for(lock, stop, wait, [this] { return woken_ && !burst_due_; });
    woken_ = false;
}

}  // namespace ringtail::jobs
