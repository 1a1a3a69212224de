#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "cli/context.hpp"
#include "cli/words.hpp"
#include "control/store.hpp"
#include "destination/inspector.hpp"
#include "jobs/accounts.hpp"
#include "jobs/kept_destinations.hpp"
#include "jobs/kept_inboxes.hpp"
#include "jobs/kept_keys.hpp"
#include "jobs/run_one.hpp"
#include "report/change.hpp"

namespace ringtail::cli {

// The service's store and what knows the kinds of sources, for the commands that work on it and for
// the service itself.
class ServiceParts {
  public:
    // Makes the data folder and the store where there are none. `log` must outlive it.
    ServiceParts(const Words& words, Context& context, Logger& log);

    std::vector<const jobs::SourceKind*> kinds() const { return accounts.kinds(); }
    // What runs need. `metrics` and this must outlive it.
    jobs::Workshop workshop(Metrics& metrics);
    // "http://127.0.0.1:8480": in front of hook addresses.
    std::string hook_base();

    // By name. Error(config) with the names there are.
    control::SourceRecord source(const std::string& name) { return store.sources().get(name); }
    std::string source_name(std::int64_t number);
    std::string destination_name(std::int64_t number);
    control::DestinationRecord destination(const std::string& name);
    // A job's number, SOURCE/JOB, or SOURCE alone for its job "load".
    control::JobRecord job(const std::string& words);
    control::RunRecord run(const std::string& number);
    // Looks at a destination, by its URL, without changing it.
    std::unique_ptr<Inspector> inspect(const std::string& url);

    const std::string folder;
    control::Store store;

  private:
    std::vector<std::unique_ptr<jobs::SourceKind>> kinds_;
    jobs::DestinationOpener opener_;
    jobs::KeptDestinations kept_;  // of the runs
    Context& context_;
    Logger& log_;

  public:
    jobs::Accounts accounts;

  private:
    jobs::KeptInboxes inboxes_;  // of the runs
    jobs::KeptKeys keys_;
};

// Runs a command of the service: --help, errors to stderr (or as JSON line), exit codes.
int run_service_command(std::string_view command, std::span<const std::string> words,
                        std::span<const Flag> flags, Context& context,
                        const std::function<int(const Words&, ServiceParts&)>& body);

// The settings of a prune job, from --keep-days, --tables and --contacts; "" where none is given.
std::string prune_settings(const Words& words);

// The settings of a reconcile job, from --from, --to, --max-requests and --remove-extra.
std::string reconcile_settings(const Words& words);
// What --type, --fields, --filter and --rule FILE say of a report job; an empty one takes away what
// was there.
void read_report_flags(const Words& words, control::JobRecord& job);
// What a report job's tables will be, compared to those of the settings before ("": none) and,
// where the destination can be looked at, to those that are there.
report::Change report_change(const std::string& before, const control::JobRecord& job,
                             ServiceParts& parts);
// Error(config) when a report job would take something away and nobody said --yes; else what
// changes.
report::Change consented_change(const std::string& before, const control::JobRecord& job, bool yes,
                                ServiceParts& parts);

// A logger that shows warnings and errors on stderr.
std::unique_ptr<Logger> make_console_logger(Console& console, LogLevel level = LogLevel::warning);

// "2026-01-31 23:59:59", UTC, or "-".
std::string shown_time(std::optional<Instant> time);

}  // namespace ringtail::cli
