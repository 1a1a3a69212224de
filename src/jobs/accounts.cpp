#include "jobs/accounts.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "http/reach.hpp"
#include "http/url.hpp"
#include "jobs/old_reports.hpp"
#include "jobs/report.hpp"
#include "jobs/schedule.hpp"
#include "json/write.hpp"

namespace ringtail::jobs {

using control::JobKind;
using control::JobRecord;
using control::SourceRecord;

namespace {

constexpr std::string_view kLocal = "default";

void check_secret(const SourceKind& kind, const std::string& secret) {
    const bool plain = std::ranges::all_of(secret, [](char c) { return c > ' ' && c < '\x7f'; });
    if (!secret.empty() && plain) return;
    throw Error(Fault::config,
                fmt::format("the {} is empty or has characters that no such thing has (blanks, "
                            "line breaks)",
                            kind.secret_name()))
        .with_hint("Copy it again.");
}

}  // namespace

std::string sqlite_url(std::string_view path) {
    std::string url = "sqlite://";
    for (const char c : path) {
        if (c == '%' || c == '?' || c == '#') {
            url += http::percent_encode({&c, 1});
        } else {
            url += c;
        }
    }
    return url;
}

Accounts::Accounts(control::Store& store, std::vector<const SourceKind*> kinds,
                   DestinationOpener destinations, std::string folder, Clock& clock)
    : store_(store),
      kinds_(std::move(kinds)),
      destinations_(std::move(destinations)),
      folder_(std::move(folder)),
      clock_(clock) {}

const SourceKind& Accounts::kind(control::SourceKind wanted) const {
    for (const SourceKind* kind : kinds_) {
        if (kind->kind() == wanted) return *kind;
    }
    throw Error(Fault::config, fmt::format("this program has no sources of the kind {}",
                                           control::name_of(wanted)));
}

std::int64_t Accounts::add_source(SourceRecord source, const std::string& secret) {
    const SourceKind& kind = this->kind(source.kind);
    source.settings = kind.checked(source.settings);
    check_secret(kind, secret);
    if (source.destination == 0) source.destination = default_destination();
    check_destination(source);
    source.number = store_.sources().add(source, secret, clock_.now());
    ensure_jobs(source);
    return source.number;
}

void Accounts::ensure_jobs(const SourceRecord& source) {
    const auto have = store_.jobs().list(source.number);
    const bool has_own =
        std::ranges::any_of(have, [](const JobRecord& job) { return job.kind != JobKind::hooks; });
    const Instant now = clock_.now();
    for (JobRecord job : kind(source.kind).first_jobs()) {
        const bool is_there =
            job.kind == JobKind::hooks
                ? std::ranges::any_of(
                      have, [](const JobRecord& one) { return one.kind == JobKind::hooks; })
                : has_own;
        if (is_there) continue;
        job.source = source.number;
        if (!Schedule::parse(job.schedule).is_manual()) job.next_due = now;
        store_.jobs().add(job, now);
    }
}

void Accounts::edit_source(SourceRecord source) {
    source.settings = kind(source.kind).checked(source.settings);
    check_destination(source);
    store_.sources().update(source);
}

void Accounts::set_secret(std::int64_t source, const std::string& secret) {
    const auto record = store_.sources().find(source);
    if (!record) throw Error(Fault::config, "there is no such source");
    check_secret(kind(record->kind), secret);
    store_.sources().set_secret(source, secret);
}

void Accounts::check_destination(const SourceRecord& source) {
    if (!store_.destinations().find(source.destination)) return;  // the store says so
    const std::string url = store_.destinations().url(source.destination);
    if (!http::is_web_address(url) || kind(source.kind).delivery({source, ""})) return;
    throw Error(Fault::config, fmt::format("the rows of a {} source cannot go to a web service",
                                           control::name_of(source.kind)))
        .with_hint(
            "Give it a database as its destination; transactions of Dialfire campaigns are "
            "what can be delivered.");
}

Verdict Accounts::check_source(const SourceRecord& source) {
    const Account account{source, store_.sources().secret(source.number)};
    Verdict verdict = kind(source.kind).check(account);
    store_.sources().set_status(source.number, verdict.good ? "ok" : "failed", verdict.message);
    return verdict;
}

std::vector<TableInfo> Accounts::tables(const SourceRecord& source) {
    return kind(source.kind).tables({source, store_.sources().secret(source.number)});
}

bool Accounts::remove_source(std::int64_t source) {
    if (!store_.sources().remove(source)) return false;
    control::Inbox(inbox_file()).forget(source);
    return true;
}

JobRecord Accounts::planned(JobRecord job) {
    const auto source = store_.sources().find(job.source);
    if (!source) throw Error(Fault::config, "there is no such source");
    kind(source->kind).check_job(job);
    if (job.kind == JobKind::report)
        check_shared_tables(job, kind(source->kind).reporting({*source, ""}, job.settings), store_,
                            kinds_);
    const Instant now = clock_.now();
    if (job.created == Instant{}) job.created = now;
    const Schedule schedule = Schedule::parse(job.schedule);
    job.schedule = schedule.text();
    // The job for webhooks has next times of its own, set by what is to be asked again.
    if (job.kind != JobKind::hooks) job.next_due = schedule.next_after(now, job.created);
    return job;
}

std::optional<std::int64_t> Accounts::run_now(const JobRecord& job, const control::Period& period) {
    const Instant now = clock_.now();
    if (const auto number = store_.runs().enqueue({job.number, 1, {}, period}, now)) return number;
    if (period.from || period.to) return std::nullopt;
    const auto open = store_.runs().latest(job.number);
    const bool waits = open && open->state == control::RunState::queued && open->not_before > now;
    if (!waits) return std::nullopt;
    store_.runs().cancel(open->number, now);
    return store_.runs().enqueue({job.number, open->attempt, {}, open->period}, now);
}

control::Period Accounts::report_period(const JobRecord& job, const std::string& from,
                                        const std::string& to) {
    const auto source = store_.sources().find(job.source);
    if (!source || job.kind != JobKind::report) {
        throw Error(Fault::config, fmt::format("job {} reads no period of its own", job.name))
            .with_hint("Report jobs do; a past period of calls is loaded by `ringtail load`.");
    }
    const Zone zone = reporting(*source, job.settings).zone;
    const auto day = [](const char* name, const std::string& text) {
        const auto time = parse_time(text);
        if (text.size() != 10 || !time) {
            throw Error(Fault::config, fmt::format("{}: that is no day", name))
                .with_hint("Write days as YYYY-MM-DD, such as 2026-01-31.");
        }
        return std::chrono::local_days(
            std::chrono::floor<std::chrono::days>(*time).time_since_epoch());
    };
    control::Period period;
    if (!from.empty()) period.from = zone.start(day("from", from));
    if (!to.empty()) period.to = zone.start(day("to", to) + std::chrono::days(1));
    if (period.from && period.to && *period.from >= *period.to)
        throw Error(Fault::config, "to: it is before from");
    return period;
}

Reporting Accounts::reporting(const SourceRecord& source, std::string_view job_settings) {
    return kind(source.kind)
        .reporting({source, store_.sources().secret(source.number)}, job_settings);
}

JobRecord Accounts::history_job(const SourceRecord& source, std::string_view from,
                                std::string_view to) {
    std::string name(from.empty() ? "history" : "history-");
    name.append(from);
    if (!to.empty()) name.append("-").append(to);
    if (const auto known = store_.jobs().find(source.number, name)) return *known;
    JobRecord job;
    job.source = source.number;
    job.name = name;
    job.kind = JobKind::history;
    const auto day = [](std::string_view day_text) {
        return day_text.empty() ? "null" : json_string(day_text);
    };
    job.settings = fmt::format(R"({{"from":{},"to":{}}})", day(from), day(to));
    job = planned(std::move(job));
    job.number = store_.jobs().add(job, clock_.now());
    return job;
}

JobRecord Accounts::prune_job(const SourceRecord& source, const std::string& settings) {
    JobRecord job;
    job.source = source.number;
    job.kind = JobKind::prune;
    job.settings = settings;
    return found_or_made(std::move(job));
}

JobRecord Accounts::found_or_made(JobRecord job) {
    job = planned(std::move(job));
    for (const JobRecord& known : store_.jobs().list(job.source)) {
        const bool is_same = known.kind == job.kind && known.settings == job.settings &&
                             known.schedule == job.schedule && known.last_days == job.last_days;
        if (is_same) return known;
    }
    unsigned number = 1;
    do {
        job.name = fmt::format("{}-{}", control::name_of(job.kind), number++);
    } while (store_.jobs().find(job.source, job.name));
    job.number = store_.jobs().add(job, clock_.now());
    return job;
}

JobRecord Accounts::reconcile_job(const SourceRecord& source, const std::string& settings,
                                  std::optional<unsigned> last_days) {
    JobRecord job;
    job.source = source.number;
    job.kind = JobKind::reconcile;
    job.settings = settings;
    job.last_days = last_days;
    return found_or_made(std::move(job));
}

std::vector<PlannedPart> Accounts::reconcile_plan(const SourceRecord& source,
                                                  const std::string& settings,
                                                  std::optional<unsigned> last_days,
                                                  const std::stop_token& stop) {
    const Account account{source, store_.sources().secret(source.number)};
    Task task;
    task.job.source = source.number;
    task.job.kind = JobKind::reconcile;
    task.job.settings = settings;
    task.job.last_days = last_days;
    task.floors = store_.floors().of(source.number);
    const auto& kind = this->kind(source.kind);
    kind.check_job(task.job);
    const auto place = destinations_(store_.destinations().url(source.destination));
    const auto destination = place.factory();
    return plan_reconcile(kind.comparison(account, task), *destination, stop);
}

std::vector<LedgerRow> Accounts::ledger(const SourceRecord& source, std::string_view from,
                                        std::string_view to, const std::stop_token& stop) {
    const Account account{source, store_.sources().secret(source.number)};
    const std::string url = store_.destinations().url(source.destination);
    const auto destination = destinations_(url).factory();
    RowReader* const rows = destination->rows();
    if (rows == nullptr)
        throw Error(Fault::config, "this destination has no ledger")
            .with_hint("Databases have one, web services do not.");
    return read_ledger(*rows, kind(source.kind).stream(account), from, to, stop);
}

std::vector<PlannedCut> Accounts::prune_plan(const SourceRecord& source,
                                             const std::string& settings) {
    const Account account{source, store_.sources().secret(source.number)};
    const Pruning pruning = kind(source.kind).pruning(account, settings, clock_.now());
    const auto place = destinations_(store_.destinations().url(source.destination));
    const auto destination = place.factory();
    auto cuts = plan_prune(pruning, *destination);
    RowReader* const rows = destination->rows();
    if (rows == nullptr) return cuts;
    for (const RowQuery& query : old_report_rows(pruning, account, kind(source.kind), store_)) {
        const std::uint64_t old = rows->count(query);
        if (old > 0) cuts.push_back({query.table.name, pruning.cuts.front().rows.before, old});
    }
    return cuts;
}

std::vector<ChangedRows> Accounts::changed_rows(const SourceRecord& then) {
    const std::string url = store_.destinations().url(then.destination);
    if (http::is_web_address(url)) return {};
    const auto destination = destinations_(url).factory();
    return kind(then.kind).changed_rows({then, ""}, *destination);
}

std::int64_t Accounts::add_destination(std::string_view name, const std::string& url) {
    return store_.destinations().add(name, url, shown_url(url), clock_.now());
}

std::int64_t Accounts::default_destination() {
    if (const auto known = store_.destinations().find(kLocal)) return known->number;
    return add_destination(kLocal, sqlite_url(folder_ + "/calls.db"));
}

std::string Accounts::shown_url(const std::string& url) {
    destinations_(url);
    return http::redact_url(url);
}

}  // namespace ringtail::jobs
