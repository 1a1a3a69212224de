#include "accounts/dialfire.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "accounts/dialfire_comparison.hpp"
#include "accounts/dialfire_report.hpp"
#include "accounts/read.hpp"
#include "base/error.hpp"
#include "base/time_text.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/report_reader.hpp"
#include "source/dialfire/source.hpp"

namespace ringtail::accounts {
namespace {

using namespace std::chrono_literals;
using control::JobKind;
using control::JobRecord;
using jobs::Account;
using jobs::Setting;
using jobs::SettingsReader;

// Tables whose rows have a date of their own, in the order in which they are pruned; what is pruned
// unless something else is chosen; and by what.
constexpr std::array<std::string_view, 4> kDated{"transactions", "inbound_calls", "connections",
                                                 "recordings"};
constexpr std::array<std::string_view, 2> kPruned{"transactions", "inbound_calls"};
std::string_view date_of(std::string_view table) {
    return table == "transactions" || table == "connections" ? "fired" : "started";
}

dialfire::Floors floors_in(const control::FloorMap& floors) {
    const auto of = [&](std::string_view table) -> std::optional<Instant> {
        const auto found = floors.find(table);
        return found == floors.end() ? std::nullopt : std::optional(found->second);
    };
    return {of("contacts"), of("transactions"), of("connections"), of("recordings"),
            of("inbound_calls")};
}

constexpr std::array<Setting, 20> kSettings{{
    {"campaign", Setting::Takes::text, "the campaign's id; required"},
    {"api", Setting::Takes::text, "the service's address; default https://api.dialfire.com"},
    {"prefix", Setting::Takes::text, "in front of the tables' names; default df_"},
    {"zone", Setting::Takes::text,
     "the campaign's time zone, such as Europe/Berlin; with it the views over all calls are made"},
    {"views_prefix", Setting::Takes::text, "in front of these views' names; default none"},
    {"only", Setting::Takes::text,
     "transactions: updates, or human (updates made by a user); default all"},
    {"stages", Setting::Takes::text, "only transactions of stages that begin so: fc_,qc_"},
    {"custom_columns", Setting::Takes::whole, "so many custom fields become columns; default 150"},
    {"extra", Setting::Takes::text, "all: a column _extra in all tables; default contacts"},
    {"in_flight", Setting::Takes::whole, "requests at a time; default 16"},
    {"retry_pause", Setting::Takes::duration,
     "first pause before a request is made again; default 500ms"},
    {"deliver_since", Setting::Takes::text,
     "to a web service: transactions since that day (UTC); default the first run"},
    {"deliver_rate", Setting::Takes::whole,
     "to a web service: attempts a second, 0 for no limit; default 5"},
    {"deliver_attempts", Setting::Takes::whole,
     "to a web service: then a delivery is a dead letter; default 10"},
    {"deliver_retry_plan", Setting::Takes::list,
     "to a web service: pauses between attempts, 5s,30s,2m; the last one repeats; default 2s to "
     "4h"},
    {"deliver_timeout", Setting::Takes::duration, "to a web service: of one attempt; default 30s"},
    {"deliver_secret_file", Setting::Takes::text,
     "to a web service: a file with the secret that deliveries are signed with"},
    {"deliver_headers_file", Setting::Takes::text,
     "to a web service: a file of headers for each request, one 'Name: value' a line"},
    {"deliver_client_cert", Setting::Takes::text,
     "to a web service that asks for a certificate: a PEM file"},
    {"deliver_client_key", Setting::Takes::text, "the certificate's key: a PEM file"},
}};

// From the root, as the service has a folder of its own to start in.
std::string read_path(const SettingsReader& settings, std::string_view name) {
    std::string path = settings.text(name, "");
    if (!path.empty() && !path.starts_with('/')) {
        jobs::refuse_setting(name, fmt::format("\"{}\" is no path from the root", path),
                             "Write it with a slash at its beginning.");
    }
    return path;
}

jobs::DeliveryPlan read_delivery(const SettingsReader& settings) {
    jobs::DeliveryPlan plan;
    if (settings.has("deliver_since")) {
        plan.since = parse_time(settings.text("deliver_since", ""));
        if (!plan.since) {
            jobs::refuse_setting("deliver_since", "that is no date",
                                 "Write YYYY-MM-DD, or with a time: 2026-01-31T08:00Z.");
        }
    }
    plan.rate = static_cast<double>(settings.whole("deliver_rate", 5, 0, 1'000'000));
    plan.attempts = static_cast<unsigned>(settings.whole("deliver_attempts", 10, 1, 1'000));
    for (const std::string& pause : settings.list("deliver_retry_plan")) {
        const auto length = jobs::read_duration(pause);
        if (!length || *length < 1ms || *length > 30 * 24h) {
            jobs::refuse_setting("deliver_retry_plan",
                                 fmt::format("\"{}\" is no pause from 1ms to 30d", pause),
                                 "Write them with their units: 5s,30s,2m.");
        }
        plan.retry_plan.push_back(*length);
    }
    plan.timeout = settings.duration("deliver_timeout", plan.timeout, 100ms, 1h);
    plan.secret_file = read_path(settings, "deliver_secret_file");
    plan.headers_file = read_path(settings, "deliver_headers_file");
    plan.client_certificate = read_path(settings, "deliver_client_cert");
    plan.client_key = read_path(settings, "deliver_client_key");
    if (plan.client_certificate.empty() != plan.client_key.empty()) {
        jobs::refuse_setting(plan.client_key.empty() ? "deliver_client_key" : "deliver_client_cert",
                             "it is missing", "Give the certificate and its key.");
    }
    return plan;
}

dialfire::Options read(std::string_view json) {
    const SettingsReader settings(json, kSettings);
    dialfire::Options options;
    options.campaign = settings.text("campaign", "");
    const bool plain =
        options.campaign.size() <= 64 && std::ranges::all_of(options.campaign, is_word);
    if (options.campaign.empty() || !plain) {
        jobs::refuse_setting("campaign",
                             options.campaign.empty() ? "it is missing" : "that is no campaign id",
                             "A campaign id has 16 letters and digits, such as ZX5CAMP9W2K7RTLB.");
    }
    options.api = read_api(settings, options.api);
    options.prefix = read_prefix(settings, options.prefix);
    options.zone = read_zone(settings, options.zone);
    options.views_prefix = read_prefix(settings, "", "views_prefix");
    const std::string only = settings.text("only", "all");
    if (only == "updates") {
        options.filter.mode = dialfire::FilterMode::updates_only;
    } else if (only == "human") {
        options.filter.mode = dialfire::FilterMode::hi_updates_only;
    } else if (only != "all") {
        jobs::refuse_setting("only", "that is not allowed", "Allowed are all, updates and human.");
    }
    if (settings.has("stages")) options.filter.stages = settings.text("stages", "");
    options.custom_columns =
        static_cast<std::size_t>(settings.whole("custom_columns", 150, 0, 2'000));
    const std::string extra = settings.text("extra", "contacts");
    if (extra != "contacts" && extra != "all") {
        jobs::refuse_setting("extra", "that is not allowed", "Allowed are contacts and all.");
    }
    options.extra_everywhere = extra == "all";
    options.in_flight = static_cast<unsigned>(settings.whole("in_flight", 16, 1, 1'024));
    options.retry_pause = settings.duration("retry_pause", options.retry_pause,
                                            std::chrono::milliseconds(1), std::chrono::minutes(1));
    read_delivery(settings);
    return options;
}

dialfire::Options of(const Account& account) {
    dialfire::Options options = read(account.record.settings);
    options.token = account.secret;
    return options;
}

class Dialfire final : public jobs::SourceKind {
  public:
    Dialfire(Clock& clock, Logger& log) : clock_(clock), log_(log) {}

    control::SourceKind kind() const override { return control::SourceKind::dialfire; }
    std::string_view secret_name() const override { return "campaign's token"; }
    std::span<const Setting> settings() const override { return kSettings; }
    std::string checked(std::string_view settings) const override {
        read(settings);
        return jobs::in_one_form(settings, kSettings);
    }

    std::vector<JobRecord> first_jobs() const override {
        JobRecord load;
        load.name = "load";
        load.schedule = "every 1m";
        return {load};
    }

    void check_job(const JobRecord& job) const override {
        if (job.kind == JobKind::load) return read_no_settings(job.settings);
        if (job.kind == JobKind::prune) {
            read_prune(job.settings, kDated, kPruned);
            return;
        }
        if (job.kind == JobKind::reconcile) return void(read_reconcile(job));
        if (job.kind == JobKind::history) {
            const JobPeriod period = read_period(job.settings);
            if (period.from && !period.to) return;
            throw Error(Fault::config,
                        "a Dialfire campaign's contacts are listed by when they were changed last, "
                        "so there is no end to give")
                .with_hint("Leave --to out: all that was changed since --from is loaded.");
        }
        if (job.kind == JobKind::report) {
            read_dialfire_report(job.settings, {});
            return;
        }
        throw Error(Fault::config, fmt::format("a Dialfire source has no jobs of the kind {}",
                                               control::name_of(job.kind)))
            .with_hint("There are load, history, report, reconcile and prune.");
    }

    jobs::Verdict check(const Account& account) const override {
        return verdict_of([&] {
            const auto source = dialfire::make_source(of(account), clock_, log_);
            const auto tables = source->tables({});
            return fmt::format("campaign {} answers: {} columns of contacts", of(account).campaign,
                               tables.empty() ? 0 : tables.front().columns.size());
        });
    }

    std::vector<jobs::TableInfo> tables(const Account& account) const override {
        std::vector<jobs::TableInfo> infos;
        for (Table& table : dialfire::make_source(of(account), clock_, log_)->tables({})) {
            infos.push_back({std::move(table), true, ""});
        }
        return infos;
    }

    std::optional<jobs::DeliveryPlan> delivery(const Account& account) const override {
        dialfire::Options options = read(account.record.settings);
        options.deliver_since = Instant{};
        jobs::DeliveryPlan plan = read_delivery(SettingsReader(account.record.settings, kSettings));
        plan.stream = dialfire::stream_name(options);
        return plan;
    }

    std::string stream(const Account& account) const override {
        return dialfire::stream_name(of(account));
    }
    jobs::Opened open(const Account& account, const jobs::Task& task) const override {
        dialfire::Options options = of(account);
        if (task.deliver_since) {
            options.deliver_since = *task.deliver_since;
            options.first.since = format_time(*task.deliver_since);
        }
        options.floors = floors_in(task.floors);
        if (task.job.kind == JobKind::history) {
            options.first = {read_period(task.job.settings).from, true};
            options.follow = false;
            // What was asked for is delivered, too.
            if (task.deliver_since) options.deliver_since = parse_time(*options.first.since);
        }
        const auto requests = std::make_shared<std::atomic<std::uint64_t>>(0);
        options.requests = requests;
        jobs::Opened opened;
        opened.requests = [requests] { return requests->load(); };
        opened.stream = dialfire::stream_name(options);
        opened.source = dialfire::make_source(std::move(options), clock_, log_);
        return opened;
    }

    jobs::Reporting reporting(const Account& account,
                              std::string_view job_settings) const override {
        dialfire::Options options = of(account);
        ReportSettings report = read_dialfire_report(job_settings, options);
        jobs::Reporting reporting;
        reporting.stream = dialfire::stream_name(options);
        reporting.account_id = account.record.number;
        if (!options.zone.empty()) reporting.zone = Zone(options.zone);
        reporting.floor = "transactions";
        reporting.reader =
            dialfire::make_report_reader(std::move(options), what_of(report), clock_, log_);
        reporting.catalog = report.type->catalog;
        reporting.plan = std::move(report.plan);
        return reporting;
    }

    // Days are those of UTC: a campaign has no zone.
    jobs::Pruning pruning(const Account& account, std::string_view job_settings,
                          Instant now) const override {
        const dialfire::Options options = of(account);
        const PruneSettings settings = read_prune(job_settings, kDated, kPruned);
        const Instant before =
            std::chrono::floor<std::chrono::days>(now) - std::chrono::days(settings.keep_days);
        jobs::Pruning pruning;
        pruning.stream = dialfire::stream_name(options);
        pruning.tables = dialfire::make_tables({}, options);
        const auto table = [&](std::string_view name) {
            return *std::ranges::find(pruning.tables, options.prefix + std::string(name),
                                      &Table::name);
        };
        for (const std::string& name : settings.tables)
            pruning.cuts.push_back({name, {table(name), std::string(date_of(name)), before}});
        if (settings.contacts) {
            OldRows old{table("contacts"), "$created_date", before};
            old.unless = {{table("transactions"), "contact_id"},
                          {table("inbound_calls"), "contact_id"}};
            pruning.cuts.push_back({"contacts", std::move(old)});
        }
        return pruning;
    }

    // Days are those of UTC, as above.
    jobs::ComparisonPlan comparison(const Account& account, const jobs::Task& task) const override {
        dialfire::Options options = of(account);
        options.floors = floors_in(task.floors);
        const ReconcileSettings settings = read_reconcile(task.job);
        const auto today = std::chrono::floor<std::chrono::days>(clock_.now());
        dialfire::Period period;
        period.last = settings.to ? std::min(today, day_of(*settings.to)) : today;
        period.first = settings.from
                           ? day_of(*settings.from)
                           : today - std::chrono::days(task.job.last_days.value_or(1) - 1);
        period.is_open = period.last == today;
        if (settings.max_requests > 0) {
            options.in_flight = 1;
            period.most_contacts = std::min(period.most_contacts,
                                            settings.max_requests * options.contacts_per_request);
        }
        auto plan = compare_dialfire(options, period, clock_, log_);
        plan.max_requests = settings.max_requests;
        plan.remove_extra = settings.remove_extra;
        return plan;
    }

  private:
    static dialfire::Day day_of(const std::string& text) {
        return std::chrono::floor<std::chrono::days>(*parse_time(text));
    }

    Clock& clock_;
    Logger& log_;
};

}  // namespace

std::unique_ptr<jobs::SourceKind> make_dialfire_kind(Clock& clock, Logger& log) {
    return std::make_unique<Dialfire>(clock, log);
}

}  // namespace ringtail::accounts
