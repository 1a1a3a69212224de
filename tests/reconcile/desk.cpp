#include "reconcile/desk.hpp"

#include <fmt/core.h>

#include "accounts/callkeeper.hpp"
#include "base/time_text.hpp"
#include "jobs/settings.hpp"

namespace ringtail::test {

sim::CallKeeperOptions past_calls(std::uint32_t per_day, std::uint32_t days) {
    sim::CallKeeperOptions options = calls(per_day, days, 0.05);
    options.now = *parse_time(options.first_day) + std::chrono::days(days) + std::chrono::hours(30);
    return options;
}

Desk::Desk(const sim::CallKeeperOptions& options, std::unique_ptr<CallDatabase> database,
           const std::string& settings)
    : account(options, std::move(database)),
      clock_(account.callkeeper()),
      log_(make_null_logger()),
      store_(control::StoreFiles::in(folder_.path())),
      kind_(accounts::make_callkeeper_kind(clock_, *log_)),
      shop_{store_,        folder_.path() + "/inbox.db",
            {kind_.get()}, [this](const std::string&) { return place(); },
            clock_,        *log_,
            metrics_} {
    control::SourceRecord source;
    source.name = "office";
    source.destination = store_.destinations().add("db", "test:db", "test:db", clock_.now());
    source.settings = jobs::merged_settings(
        settings, fmt::format(R"({{"api":"{}","account_id":1,"retry_pause":"1ms"}})",
                              account.callkeeper().base_url()));
    source_ = store_.sources().add(source, options.key, clock_.now());
}

jobs::OpenedDestination Desk::place() {
    return {[this] {
                clock_.sleep(std::chrono::seconds(1), {});
                return account.database().connect(clock_, *log_);
            },
            {}};
}

std::string Desk::last_day() {
    const auto& options = account.callkeeper().options();
    return format_day(*parse_time(options.first_day) + std::chrono::days(options.days));
}

Desk::Result Desk::reconcile(const std::string& settings) {
    control::JobRecord job;
    job.source = source_;
    job.kind = control::JobKind::reconcile;
    job.settings = fmt::format(R"({{"from":"{}","to":"{}"}})", first_day(), last_day());
    if (!settings.empty()) job.settings = jobs::merged_settings(job.settings, settings);
    auto& known = jobs_[job.settings];
    if (known.number == 0) {
        job.name = "check-" + std::to_string(jobs_.size());
        job.number = store_.jobs().add(job, clock_.now());
        known = job;
    }
    store_.runs().enqueue({known.number, 1, {}, {}}, clock_.now());
    Result result;
    while (true) {
        const auto run = store_.runs().claim("desk", clock_.now());
        if (!run) break;
        jobs::Recorder recorder(*run, "office", metrics_, *log_);
        const auto outcome = jobs::run_one(shop_, *run, recorder, {});
        store_.runs().finish(*run, outcome.ending, clock_.now());
        if (run->kind != control::JobKind::reconcile) continue;
        ++result.takings;
        result.state = outcome.ending.state;
        result.totals = jobs::read_totals(outcome.ending.last.progress);
        result.message = outcome.ending.message;
        result.hint = outcome.ending.hint;
        result.requests = outcome.ending.last.counters.requests;
    }
    return result;
}

void Desk::queue_hooks_soon() {
    control::JobRecord job;
    job.source = source_;
    job.name = "hooks";
    job.kind = control::JobKind::hooks;
    job.number = store_.jobs().add(job, clock_.now());
    store_.runs().enqueue({job.number, 1, clock_.now() + std::chrono::milliseconds(100), {}},
                          clock_.now());
}

std::vector<jobs::PlannedPart> Desk::plan() {
    jobs::Task task;
    task.job.source = source_;
    task.job.kind = control::JobKind::reconcile;
    task.job.settings = fmt::format(R"({{"from":"{}","to":"{}"}})", first_day(), last_day());
    const jobs::Account record{*store_.sources().find(source_), store_.sources().secret(source_)};
    const auto destination = place().factory();
    return jobs::plan_reconcile(kind_->comparison(record, task), *destination, {});
}

std::vector<jobs::LedgerRow> Desk::ledger() {
    const auto destination = place().factory();
    return jobs::read_ledger(*destination->rows(), "callkeeper/1", "", "", {});
}

std::vector<std::string> Desk::differences() {
    return account.differences({}, Account::Shared::more);
}

}  // namespace ringtail::test
