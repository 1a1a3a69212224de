#include "accounts/callkeeper.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "accounts/callkeeper_comparison.hpp"
#include "accounts/callkeeper_report.hpp"
#include "accounts/inbox_feed.hpp"
#include "accounts/read.hpp"
#include "base/time_text.hpp"
#include "base/zone.hpp"
#include "json/write.hpp"
#include "source/callkeeper/filter_trial.hpp"
#include "source/callkeeper/filters.hpp"
#include "source/callkeeper/position.hpp"
#include "source/callkeeper/report_reader.hpp"
#include "source/callkeeper/source.hpp"
#include "source/callkeeper/tables.hpp"

namespace ringtail::accounts {
namespace {

using control::JobKind;
using control::JobRecord;
using jobs::Account;
using jobs::Setting;
using jobs::SettingsReader;

// Webhooks and live days of the same account pass between two slices of a history.
constexpr unsigned kDaysPerSlice = 7;

// The table whose rows have a date of their own.
constexpr std::array<std::string_view, 1> kDated{"callkeeper_calls"};

constexpr std::array<Setting, 16> kSettings{{
    {"zone", Setting::Takes::text, "the account's time zone; default Europe/Moscow"},
    {"caption", Setting::Takes::text,
     "the account's name in general_accounts; default the source's"},
    {"account_id", Setting::Takes::whole,
     "of the account's rows, where several share the tables; default the source's number"},
    {"method", Setting::Takes::text, "getCallsInfo (default) or getCallsCompleted"},
    {"overlap_days", Setting::Takes::whole, "days that every load reads again; default 3"},
    {"phone_region", Setting::Takes::text, "of numbers without their country; default RU"},
    {"prefix", Setting::Takes::text, "in front of the tables' names; default none"},
    {"views_prefix", Setting::Takes::text,
     "in front of the names of the views over all calls; default none"},
    {"tables", Setting::Takes::list, "the tables to fill, with commas; default all"},
    {"filters", Setting::Takes::map, "rows of a table: 'callkeeper_calls: status_code = 200'"},
    {"max_depth_days", Setting::Takes::whole, "no history is read further back; default no limit"},
    {"ask_after_hook", Setting::Takes::duration,
     "after a call is over the API is asked this much later; default 30s"},
    {"settle", Setting::Takes::flag, "ask again for calls that are not final; default on"},
    {"api", Setting::Takes::text, "the service's address; default https://api.callkeeper.ru"},
    {"retry_pause", Setting::Takes::duration,
     "first pause before a request is made again; default 500ms"},
    {"history_in_flight", Setting::Takes::whole, "requests of a history at a time; default 2"},
}};

struct Read {
    callkeeper::Options options;
    bool settle = true;
    std::optional<unsigned> max_depth;
};

Read read(std::string_view json) {
    const SettingsReader settings(json, kSettings);
    Read all;
    callkeeper::Options& options = all.options;
    options.api = read_api(settings, options.api);
    options.zone = read_zone(settings, options.zone);
    const Zone zone(options.zone);
    options.caption = settings.text("caption", "");
    options.account_id = settings.whole("account_id", 0, 1, 2'147'483'647);
    options.method = settings.text("method", options.method);
    if (options.method != "getCallsInfo" && options.method != "getCallsCompleted") {
        jobs::refuse_setting("method", "that is not allowed",
                             "Allowed are getCallsInfo and getCallsCompleted.");
    }
    options.overlap_days = static_cast<unsigned>(settings.whole("overlap_days", 3, 0, 60));
    options.phone_region = settings.text("phone_region", options.phone_region);
    if (options.phone_region.size() != 2) {
        jobs::refuse_setting("phone_region", "that is no country",
                             "Write the two letters of the country, such as RU or DE.");
    }
    options.prefix = read_prefix(settings, "");
    options.views_prefix = read_prefix(settings, "", "views_prefix");
    for (const std::string& table : settings.list("tables")) options.tables.insert(table);
    callkeeper::wanted_tables(options.tables);
    options.filters = settings.map("filters");
    for (const auto& [table, text] : options.filters) callkeeper::read_filter(table, text, zone);
    options.ask_after_hook = std::chrono::duration_cast<std::chrono::seconds>(settings.duration(
        "ask_after_hook", options.ask_after_hook, std::chrono::seconds(1), std::chrono::hours(24)));
    options.retry_pause = settings.duration("retry_pause", options.retry_pause,
                                            std::chrono::milliseconds(1), std::chrono::minutes(1));
    options.history_in_flight = static_cast<unsigned>(
        settings.whole("history_in_flight", options.history_in_flight, 1, 16));
    all.settle = settings.flag("settle", true);
    if (settings.has("max_depth_days")) {
        all.max_depth = static_cast<unsigned>(settings.whole("max_depth_days", 0, 1, 36'500));
    }
    return all;
}

Read of(const Account& account) {
    Read all = read(account.record.settings);
    all.options.api_key = account.secret;
    if (all.options.account_id == 0) all.options.account_id = account.record.number;
    if (all.options.caption.empty()) all.options.caption = account.record.name;
    return all;
}

// How long calls that are due to be asked about may wait for others. After a webhook the API is to
// have been asked within a minute, or sooner or later where the user has set so.
std::chrono::seconds gather_asks(std::chrono::seconds ask_after_hook) {
    constexpr std::chrono::seconds kMost{25}, kMinute{55};
    if (ask_after_hook >= kMinute) return std::min(kMost, ask_after_hook / 8);
    return std::min({kMost, ask_after_hook, kMinute - ask_after_hook});
}

callkeeper::History history_of(const jobs::Task& task, std::optional<unsigned> max_depth) {
    const JobPeriod period = read_period(task.job.settings);
    callkeeper::History history;
    // An attempt goes on where the one before stopped; a job that was done reads its period again.
    history.job = fmt::format("{}-{}", task.job.number, task.done_before);
    history.from = *callkeeper::parse_day(*period.from);
    history.to = *callkeeper::parse_day(period.to.value_or(*period.from));
    history.days_per_opening = kDaysPerSlice;
    history.max_depth = max_depth;
    return history;
}

// What an opened source works with.
struct InUse {
    InUse(control::Inbox& inbox, std::int64_t source) : feed(inbox, source) {}
    InboxFeed feed;
    callkeeper::Progress progress;
};

// What people want to know of a history: how far it is, and how long it takes.
std::string progress_json(const callkeeper::HistoryPosition& at, Instant started, Instant now) {
    const auto total = (at.to - at.from).count() + 1;
    const auto done = (at.to - at.next).count();
    std::string json =
        fmt::format(R"({{"days_done":{},"days":{},"calls":{},"next_day":{})", done, total, at.calls,
                    at.done() ? "null" : json_string(callkeeper::day_text(at.next)));
    if (done > 0) {
        const auto left = (now - started) * (total - done) / done;
        json += fmt::format(R"(,"seconds_left":{})",
                            std::chrono::ceil<std::chrono::seconds>(left).count());
    }
    return json + "}";
}

class CallKeeper final : public jobs::SourceKind {
  public:
    CallKeeper(Clock& clock, Logger& log) : clock_(clock), log_(log) {}

    control::SourceKind kind() const override { return control::SourceKind::callkeeper; }
    std::string_view secret_name() const override { return "API key"; }
    std::span<const Setting> settings() const override { return kSettings; }
    std::string checked(std::string_view settings) const override {
        read(settings);
        return jobs::in_one_form(settings, kSettings);
    }

    std::vector<JobRecord> first_jobs() const override {
        JobRecord load, hooks;
        load.name = "load";
        load.schedule = "every 1h";
        hooks.name = "hooks";
        hooks.kind = JobKind::hooks;
        return {load, hooks};
    }

    void check_job(const JobRecord& job) const override {
        if (job.kind == JobKind::load || job.kind == JobKind::hooks) {
            return read_no_settings(job.settings);
        }
        if (job.kind == JobKind::history) {
            if (read_period(job.settings).to) return;
            jobs::refuse_setting("to", "it is missing", "Write the last day as YYYY-MM-DD.");
        }
        if (job.kind == JobKind::prune) {
            if (!read_prune(job.settings, kDated, kDated).contacts) return;
            jobs::refuse_setting("contacts", "CallKeeper has none", "Leave it out.");
        }
        if (job.kind == JobKind::report) {
            read_callkeeper_report(job.settings, {});
            return;
        }
        if (job.kind == JobKind::reconcile) return void(read_reconcile(job));
        throw Error(Fault::config, fmt::format("a CallKeeper source has no jobs of the kind {}",
                                               control::name_of(job.kind)))
            .with_hint("There are load, hooks, history, report, reconcile and prune.");
    }

    jobs::Verdict check(const Account& account) const override {
        std::string hint;
        jobs::Verdict verdict = verdict_of([&] {
            const auto info = callkeeper::check_account(of(account).options, clock_, log_, {});
            std::string message = "the key is good";
            if (info.paid_till) {
                message += ", paid until " + format_day(*info.paid_till);
            }
            for (const auto& note : info.notes) {
                message += "; " + note.message;
                hint += (hint.empty() ? "" : " ") + note.hint;
            }
            return message;
        });
        if (verdict.hint.empty()) verdict.hint = hint;
        return verdict;
    }

    std::vector<jobs::TableInfo> tables(const Account& account) const override {
        callkeeper::Options options = of(account).options;
        const auto chosen = callkeeper::wanted_tables(options.tables);
        const callkeeper::TableChoice choice = options.tables;
        options.tables.clear();
        std::vector<jobs::TableInfo> infos;
        for (Table& table : callkeeper::make_tables(options)) {
            const auto filter = options.filters.find(table.name.substr(options.prefix.size()));
            jobs::TableInfo info{std::move(table), true, ""};
            if (filter != options.filters.end()) info.filter = filter->second;
            if (infos.size() < chosen.size()) info.chosen = chosen[infos.size()];
            infos.push_back(std::move(info));
        }
        return infos;
    }

    std::string stream(const Account& account) const override {
        return callkeeper::stream_name(of(account).options);
    }
    std::vector<jobs::ChangedRows> changed_rows(const Account& then,
                                                Destination& destination) const override;
    jobs::Opened open(const Account& account, const jobs::Task& task) const override;
    jobs::Pruning pruning(const Account& account, std::string_view job_settings,
                          Instant now) const override;
    jobs::ComparisonPlan comparison(const Account& account, const jobs::Task& task) const override;

    jobs::Reporting reporting(const Account& account,
                              std::string_view job_settings) const override {
        callkeeper::Options options = of(account).options;
        jobs::Reporting reporting;
        reporting.stream = callkeeper::stream_name(options);
        reporting.account_id = options.account_id;
        reporting.zone = Zone(options.zone);
        ReportSettings report = read_callkeeper_report(job_settings, options);
        reporting.catalog = report.type->catalog;
        reporting.plan = std::move(report.plan);
        reporting.floor = kDated.front();
        reporting.reader = callkeeper::make_report_reader(std::move(options), clock_, log_);
        return reporting;
    }

  private:
    Clock& clock_;
    Logger& log_;
    std::shared_ptr<http::KeptClients> clients_ = std::make_shared<http::KeptClients>();
};

std::vector<jobs::ChangedRows> CallKeeper::changed_rows(const Account& then,
                                                        Destination& destination) const {
    RowReader* const reader = destination.rows();
    if (reader == nullptr) return {};
    callkeeper::Options options = of(then).options;
    callkeeper::FilterTrial trial(options);
    options.tables.clear();
    const auto tables = callkeeper::make_tables(options);
    const auto table = [&](callkeeper::TableId id) { return tables[static_cast<std::size_t>(id)]; };
    RowQuery query;
    query.table = table(callkeeper::TableId::calls);
    query.columns = {"_raw"};
    query.equal = {{"account_id", std::to_string(options.account_id)}};
    query.beside = {table(callkeeper::TableId::facts), "calls_id", {"id"}};
    reader->read(
        query, [&](auto values) { trial.add(values[0].value_or(""), values[1].has_value()); }, {});
    const auto& counts = trial.counts();
    return {{query.table.name, counts.calls, counts.calls_leaving, 0},
            {query.beside->table.name, counts.facts, counts.facts_leaving, counts.facts_coming}};
}

jobs::Opened CallKeeper::open(const Account& account, const jobs::Task& task) const {
    Read all = of(account);
    all.options.clients = clients_;
    const auto floor = task.floors.find(kDated.front());
    if (floor != task.floors.end()) all.options.floor = floor->second;
    callkeeper::Work work;
    const auto use = std::make_shared<InUse>(*task.inbox, account.record.number);
    work.inbox = &use->feed;
    work.progress = &use->progress;
    work.settle = all.settle && !task.inbox_alone;
    jobs::Opened opened;
    if (task.job.kind == JobKind::load) {
        work.live.emplace();
        if (task.job.last_days) {
            const auto today = Zone(all.options.zone).day(clock_.now());
            work.live->from = today - std::chrono::days(*task.job.last_days - 1);
        }
    }
    if (task.job.kind == JobKind::history) {
        const callkeeper::History history = history_of(task, all.max_depth);
        work.history = history;
        if (all.options.floor) {
            const auto kept = Zone(all.options.zone).day(*all.options.floor);
            if (history.from < kept) {
                opened.note = fmt::format(
                    "cut at {}: older calls were deleted for their age and are not loaded again",
                    callkeeper::day_text(kept));
            }
        }
        const auto at = [job = history.job](const Checkpoint& stored) {
            auto position = callkeeper::read_position(stored);
            const auto found = position.history.find(job);
            return found == position.history.end() ? std::nullopt : std::optional(found->second);
        };
        opened.has_more = [at](const Checkpoint& stored) {
            const auto position = at(stored);
            return position && !position->done();
        };
        opened.progress = [at, this, started = task.run.started.value_or(clock_.now())](
                              const Checkpoint& stored) {
            const auto position = at(stored);
            return position ? progress_json(*position, started, clock_.now()) : std::string("{}");
        };
    }
    opened.committed = [use](const Checkpoint& stored) {
        use->feed.drop_loaded(callkeeper::read_position(stored).inbox);
    };
    opened.requests = [use] { return use->progress.requests.load(); };
    opened.stream = callkeeper::stream_name(all.options);
    if (all.settle) opened.gather_asks = gather_asks(all.options.ask_after_hook);
    opened.source = callkeeper::make_source(all.options, work, clock_, log_);
    return opened;
}

jobs::Pruning CallKeeper::pruning(const Account& account, std::string_view job_settings,
                                  Instant now) const {
    const callkeeper::Options options = of(account).options;
    const PruneSettings settings = read_prune(job_settings, kDated, kDated);
    const Zone zone(options.zone);
    jobs::Pruning pruning;
    pruning.stream = callkeeper::stream_name(options);
    pruning.tables = callkeeper::make_tables(options);
    const std::string name = options.prefix + std::string(kDated.front());
    const auto calls = std::ranges::find(pruning.tables, name, &Table::name);
    if (calls == pruning.tables.end()) return pruning;
    const Instant before = zone.start(zone.day(now) - std::chrono::days(settings.keep_days));
    OldRows old{*calls, "call_date", before, "account_id", options.account_id};
    pruning.cuts.push_back({std::string(kDated.front()), std::move(old)});
    pruning.webhooks_before = before;
    return pruning;
}

jobs::ComparisonPlan CallKeeper::comparison(const Account& account, const jobs::Task& task) const {
    callkeeper::Options options = of(account).options;
    const ReconcileSettings settings = read_reconcile(task.job);
    const Zone zone(options.zone);
    const callkeeper::Day today = zone.day(clock_.now());
    callkeeper::Day from = today - std::chrono::days(task.job.last_days.value_or(1) - 1);
    callkeeper::Day to = today;
    if (settings.from) from = *callkeeper::parse_day(*settings.from);
    if (settings.to) to = std::min(to, *callkeeper::parse_day(*settings.to));
    const auto floor = task.floors.find(kDated.front());
    if (floor != task.floors.end()) {
        options.floor = floor->second;
        from = std::max(from, zone.day(floor->second));
    }
    std::vector<callkeeper::Day> days;
    for (callkeeper::Day day = from; day <= to; day += std::chrono::days(1)) days.push_back(day);
    const unsigned in_flight = settings.max_requests > 0 ? 1 : options.history_in_flight;
    auto plan = compare_callkeeper(std::move(options), std::move(days), in_flight, clock_, log_);
    plan.max_requests = settings.max_requests;
    plan.remove_extra = settings.remove_extra;
    return plan;
}

}  // namespace

std::unique_ptr<jobs::SourceKind> make_callkeeper_kind(Clock& clock, Logger& log) {
    return std::make_unique<CallKeeper>(clock, log);
}

}  // namespace ringtail::accounts
