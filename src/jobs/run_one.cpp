#include "jobs/run_one.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "control/outbox.hpp"
#include "control/outbox_destination.hpp"
#include "http/reach.hpp"
#include "jobs/deliveries.hpp"
#include "jobs/kept_inboxes.hpp"
#include "jobs/prune.hpp"
#include "jobs/reconcile.hpp"
#include "jobs/report.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using control::RunState;

// New rows are to be seen within two seconds.
constexpr auto kMaxWaitPerLoad = 1s;
constexpr auto kLastPause = 30s;
// Then the run has failed and is made again as another attempt, which people can see.
constexpr unsigned kAttempts = 6;
// Dropping from the inbox waits for the disk; not after every load.
constexpr auto kDropEvery = 1s;
constexpr auto kLookAhead = std::chrono::hours(24 * 3);  // beyond any step of asking again
// Calls become due one by one; what does within so long is asked for by one run.
constexpr auto kGatherAsks = 5s;

class Taking {
  public:
    Taking(const Workshop& shop, const control::RunRecord& run, Recorder& recorder)
        : shop_(shop), run_(run), recorder_(recorder) {}
    ~Taking() { recorder_.detach(); }
    Taking(const Taking&) = delete;
    Taking& operator=(const Taking&) = delete;

    Outcome go(const std::stop_token& stop) {
        Task task = make_task();
        const Account account = find_account();
        const SourceKind& kind = shop_.kind(account.record.kind);
        const std::string url = shop_.store.destinations().url(account.record.destination);
        const auto place = http::is_web_address(url) ? open_outbox(kind, account, url, task)
                                                     : shop_.destinations(url);
        if (run_.kind == control::JobKind::prune)
            return prune(shop_, account, task, place, recorder_, stop);
        if (run_.kind == control::JobKind::reconcile)
            return reconcile(shop_, account, task, place, recorder_, stop);
        if (run_.kind == control::JobKind::report)
            return report(shop_, account, task, place, recorder_, stop);
        opened_ = kind.open(account, task);
        recorder_.attach(opened_.requests);
        recorder_.on_commit([this](const Checkpoint& stored) { committed(stored); });

        StreamOptions options;
        options.name = opened_.stream;
        options.once = true;
        options.rows_per_load = place.size.rows;
        options.bytes_per_load = place.size.bytes;
        options.max_wait_per_load = kMaxWaitPerLoad;
        options.last_pause = kLastPause;
        options.attempts_once = kAttempts;
        run_stream(*opened_.source, place.factory, options, shop_.clock, shop_.log, recorder_,
                   stop);
        Outcome outcome = finished(place.factory()->streams());
        opened_.source.reset();
        if (shop_.inboxes != nullptr) shop_.inboxes->give_back(std::move(inbox_));
        return outcome;
    }

  private:
    Task make_task() {
        const auto job = run_.job ? shop_.store.jobs().find(*run_.job) : std::nullopt;
        if (!job) throw Error(Fault::config, "the run's job is gone");
        inbox_ = shop_.inboxes != nullptr ? shop_.inboxes->take()
                                          : std::make_unique<control::Inbox>(shop_.inbox_file);
        const auto done = shop_.store.runs().last_done(job->number, run_.number);
        return {*job, run_, done.value_or(0), &*inbox_, {}, shop_.store.floors().of(run_.source)};
    }

    Account find_account() {
        const auto record = shop_.store.sources().find(run_.source);
        if (!record) throw Error(Fault::config, "the run's source is gone");
        return {*record, shop_.store.sources().secret(run_.source)};
    }

    // A web service: the rows go into the source's outbox, and are delivered from there.
    OpenedDestination open_outbox(const SourceKind& kind, const Account& account,
                                  const std::string& url, Task& task) {
        const auto plan = kind.delivery(account);
        if (!plan) {
            throw Error(Fault::config,
                        fmt::format("the rows of a {} source cannot go to a web service",
                                    control::name_of(kind.kind())))
                .with_hint("Give the source a database as its destination.");
        }
        Deliveries* const deliveries = shop_.deliveries;
        if (deliveries != nullptr) deliveries->check(run_.source, url);
        const std::string file = outbox_file(shop_.folder, run_.source);
        task.deliver_since =
            control::Outbox(file, plan->stream).since(plan->since, shop_.clock.now());
        control::OutboxOptions options;
        options.path = file;
        options.stream = plan->stream;
        options.queued = [deliveries, source = run_.source] {
            if (deliveries != nullptr) deliveries->wake(source);
        };
        return {[options] { return control::make_outbox_destination(options); }, {}};
    }

    void committed(const Checkpoint& stored) {
        if (opened_.progress) recorder_.set_progress(opened_.progress(stored));
        if (!opened_.committed || shop_.clock.now() - dropped_ < kDropEvery) return;
        opened_.committed(stored);
        dropped_ = shop_.clock.now();
    }

    // Everything was loaded. What is in the inbox and loaded is dropped also when this taking had
    // nothing to load: the one before may have died between the two.
    Outcome finished(StreamStore& streams) {
        Outcome outcome;
        const auto stored = streams.checkpoint(opened_.stream);
        if (stored && opened_.committed && inbox_->has_more(run_.source, {})) {
            opened_.committed(*stored);
        }
        if (stored && opened_.progress) recorder_.set_progress(opened_.progress(*stored));
        const bool more = stored && opened_.has_more && opened_.has_more(*stored);
        outcome.ending.state = more ? RunState::queued : RunState::done;
        if (!more) outcome.ending.message = opened_.note;
        if (const auto rejected = recorder_.rejected(); !more && rejected > 0) {
            outcome.ending.message = fmt::format("{} values do not fit their columns", rejected);
            outcome.ending.hint =
                "Their rows are stored without them; the values lie as they came in the table "
                "ringtail_rejects.";
        }
        const Instant now = shop_.clock.now();
        const auto due = streams.rechecks(opened_.stream, now + kLookAhead, 1);
        if (!due.empty()) outcome.ending.ask_again = std::max(due.front().due, now + kGatherAsks);
        return outcome;
    }

    const Workshop& shop_;
    const control::RunRecord& run_;
    Recorder& recorder_;
    std::unique_ptr<control::Inbox> inbox_;
    Opened opened_;
    Instant dropped_;
};

}  // namespace

const SourceKind& Workshop::kind(control::SourceKind wanted) const {
    for (const SourceKind* kind : kinds) {
        if (kind->kind() == wanted) return *kind;
    }
    throw Error(Fault::config, fmt::format("this program has no sources of the kind {}",
                                           control::name_of(wanted)));
}

Outcome run_one(const Workshop& shop, const control::RunRecord& run, Recorder& recorder,
                const std::stop_token& stop) {
    Outcome outcome;
    const auto failed = [&](Fault fault, std::string message, std::string hint) {
        outcome.ending.state = RunState::failed;
        outcome.ending.message = std::move(message);
        outcome.ending.hint = std::move(hint);
        outcome.fault = fault;
    };
    try {
        outcome = Taking(shop, run, recorder).go(stop);
    } catch (const Error& error) {
        if (error.fault() == Fault::stopped || stop.stop_requested()) {
            outcome.ending.state = RunState::queued;
        } else {
            failed(error.fault(), error.what(), error.hint());
        }
    } catch (const std::exception& error) {
        failed(Fault::bug, error.what(), "This should not happen; please report it.");
    }
    outcome.ending.last = recorder.beat();
    return outcome;
}

}  // namespace ringtail::jobs
