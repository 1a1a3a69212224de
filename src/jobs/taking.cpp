#include "jobs/taking.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "control/outbox.hpp"
#include "control/outbox_destination.hpp"
#include "http/reach.hpp"
#include "jobs/deliveries.hpp"
#include "jobs/kept_inboxes.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using control::RunState;

// Dropping from the inbox is a commit; not after every load.
constexpr auto kDropEvery = 1s;
constexpr auto kLookAhead = std::chrono::hours(24 * 3);  // beyond any step of asking again
// A run that asks again comes no sooner after another that has asked.
constexpr auto kBetweenAsks = 5s;

Task make_task(const Workshop& shop, const control::RunRecord& run, control::Inbox& inbox) {
    const auto job = run.job ? shop.store.jobs().find(*run.job) : std::nullopt;
    if (!job) throw Error(Fault::config, "the run's job is gone");
    const auto done = shop.store.runs().last_done(job->number, run.number);
    return {*job, run, done.value_or(0), &inbox, {}, shop.store.floors().of(run.source)};
}

Account find_account(const Workshop& shop, const control::RunRecord& run) {
    const auto record = shop.store.sources().find(run.source);
    if (!record) throw Error(Fault::config, "the run's source is gone");
    return {*record, shop.store.sources().secret(run.source)};
}

}  // namespace

LentInbox::LentInbox(const Workshop& shop)
    : kept_(shop.inboxes),
      inbox_(kept_ != nullptr ? kept_->take() : std::make_unique<control::Inbox>(shop.inbox_file)) {
}

LentInbox::~LentInbox() {
    if (kept_ != nullptr && is_good_) kept_->give_back(std::move(inbox_));
}

Taking::Taking(const Workshop& shop, const control::RunRecord& run, Recorder& recorder,
               control::Inbox& inbox)
    : shop_(shop),
      run_(run),
      recorder_(recorder),
      inbox_(inbox),
      task_(make_task(shop, run, inbox)),
      account_(find_account(shop, run)),
      kind_(shop.kind(account_.record.kind)),
      place_(open_place()) {}

Taking::~Taking() { recorder_.detach(); }

OpenedDestination Taking::open_place() {
    const std::string url = shop_.store.destinations().url(account_.record.destination);
    return http::is_web_address(url) ? open_outbox(url) : shop_.destinations(url);
}

// A web service: the rows go into the source's outbox, and are delivered from there.
OpenedDestination Taking::open_outbox(const std::string& url) {
    const auto plan = kind_.delivery(account_);
    if (!plan) {
        throw Error(Fault::config, fmt::format("the rows of a {} source cannot go to a web service",
                                               control::name_of(kind_.kind())))
            .with_hint("Give the source a database as its destination.");
    }
    Deliveries* const deliveries = shop_.deliveries;
    if (deliveries != nullptr) deliveries->check(run_.source, url);
    const std::string file = outbox_file(shop_.folder, run_.source);
    task_.deliver_since = control::Outbox(file, plan->stream).since(plan->since, shop_.clock.now());
    control::OutboxOptions options;
    options.path = file;
    options.stream = plan->stream;
    options.queued = [deliveries, source = run_.source] {
        if (deliveries != nullptr) deliveries->wake(source);
    };
    return {[options] { return control::make_outbox_destination(options); }, {}};
}

void Taking::open(bool inbox_alone) {
    task_.inbox_alone = inbox_alone;
    opened_ = kind_.open(account_, task_);
    recorder_.attach(opened_.requests);
}

bool Taking::must_ask(StreamStore& streams) const {
    if (!opened_.gather_asks) return false;
    const Instant before = shop_.clock.now() - *opened_.gather_asks;
    return !streams.rechecks(opened_.stream, before, 1).empty();
}

void Taking::committed(const Checkpoint& stored) {
    if (opened_.progress) recorder_.set_progress(opened_.progress(stored));
    if (shop_.clock.now() - dropped_ < kDropEvery) return;
    drop_loaded(stored);
    dropped_ = shop_.clock.now();
}

void Taking::drop_loaded(const Checkpoint& stored) const {
    if (opened_.committed) opened_.committed(stored);
}

// What is in the inbox and loaded is dropped also when this taking had nothing to load: the one
// before may have died between the two.
Outcome Taking::finished(StreamStore& streams, std::optional<Checkpoint> stored) {
    Outcome outcome;
    if (!stored) stored = streams.checkpoint(opened_.stream);
    if (stored && opened_.committed && inbox_.has_more(run_.source, {})) drop_loaded(*stored);
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
    if (!opened_.gather_asks) return outcome;
    const Instant now = shop_.clock.now();
    const auto due = streams.rechecks(opened_.stream, now + kLookAhead, 1);
    if (due.empty()) return outcome;
    // This one has asked, unless it was about the inbox alone.
    const Instant soonest = task_.inbox_alone ? now : now + kBetweenAsks;
    outcome.ending.ask_again = std::max(due.front().due + *opened_.gather_asks, soonest);
    return outcome;
}

}  // namespace ringtail::jobs
