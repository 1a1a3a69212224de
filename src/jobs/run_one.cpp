#include "jobs/run_one.hpp"

#include <fmt/core.h>

#include "jobs/prune.hpp"
#include "jobs/reconcile.hpp"
#include "jobs/report.hpp"
#include "jobs/taking.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using control::JobKind;
using control::RunState;

// New rows are to be seen within two seconds.
constexpr auto kMaxWaitPerLoad = 1s;
constexpr auto kLastPause = 30s;
// Then the run has failed and is made again as another attempt, which people can see.
constexpr unsigned kAttempts = 6;

Outcome load(const Workshop& shop, Taking& taking, Recorder& recorder,
             const std::stop_token& stop) {
    taking.open();
    recorder.on_commit([&](const Checkpoint& stored) { taking.committed(stored); });
    StreamOptions options;
    options.name = taking.stream();
    options.once = true;
    options.rows_per_load = taking.place().size.rows;
    options.bytes_per_load = taking.place().size.bytes;
    options.max_wait_per_load = kMaxWaitPerLoad;
    options.last_pause = kLastPause;
    options.attempts_once = kAttempts;
    run_stream(taking.source(), taking.place().factory, options, shop.clock, shop.log, recorder,
               stop);
    return taking.finished(taking.place().factory()->streams());
}

Outcome go(const Workshop& shop, const control::RunRecord& run, Recorder& recorder,
           const std::stop_token& stop) {
    LentInbox inbox(shop);
    Taking taking(shop, run, recorder, *inbox);
    const auto with = [&](auto what) {
        return what(shop, taking.account(), taking.task(), taking.place(), recorder, stop);
    };
    Outcome outcome;
    switch (run.kind) {
        case JobKind::prune:
            outcome = with(prune);
            break;
        case JobKind::reconcile:
            outcome = with(reconcile);
            break;
        case JobKind::report:
            outcome = with(report);
            break;
        case JobKind::load:
        case JobKind::history:
        case JobKind::hooks:
        case JobKind::received:
            outcome = load(shop, taking, recorder, stop);
    }
    inbox.keep();
    return outcome;
}

}  // namespace

const SourceKind& Workshop::kind(control::SourceKind wanted) const {
    for (const SourceKind* kind : kinds) {
        if (kind->kind() == wanted) return *kind;
    }
    throw Error(Fault::config, fmt::format("this program has no sources of the kind {}",
                                           control::name_of(wanted)));
}

Outcome ended_by(const std::exception& thrown) {
    Outcome outcome;
    outcome.ending.state = RunState::failed;
    outcome.ending.message = thrown.what();
    if (const auto* const error = dynamic_cast<const Error*>(&thrown)) {
        outcome.ending.hint = error->hint();
        outcome.fault = error->fault();
    } else {
        outcome.ending.hint = "This should not happen; please report it.";
        outcome.fault = Fault::bug;
    }
    return outcome;
}

Outcome run_one(const Workshop& shop, const control::RunRecord& run, Recorder& recorder,
                const std::stop_token& stop) {
    Outcome outcome;
    try {
        outcome = go(shop, run, recorder, stop);
    } catch (const std::exception& error) {
        outcome = ended_by(error);
        if (outcome.fault == Fault::stopped || stop.stop_requested()) {
            outcome = {};
            outcome.ending.state = RunState::queued;
        }
    }
    outcome.ending.last = recorder.beat();
    return outcome;
}

}  // namespace ringtail::jobs
