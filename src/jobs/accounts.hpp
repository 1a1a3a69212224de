#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "control/store.hpp"
#include "jobs/ledger.hpp"
#include "jobs/prune.hpp"
#include "jobs/reconcile.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::jobs {

// The URL of a SQLite file, by its path from the root.
std::string sqlite_url(std::string_view path);

// Sources, destinations and jobs of the store, with everything checked that only the kinds of
// sources can check. The CLI, the REST API and configuration files all go through here. Safe from
// several threads; calls block. Errors: Error(config) says what is wrong with what was given.
class Accounts {
  public:
    // `folder` is the data folder, where the default destination's file goes.
    Accounts(control::Store& store, std::vector<const SourceKind*> kinds,
             DestinationOpener destinations, std::string folder, Clock& clock);

    // Stores a new source with the jobs that its kind begins with, the first load due at once. Its
    // number. destination 0: the default one. Asks nothing of the source's own service.
    std::int64_t add_source(control::SourceRecord source, const std::string& secret);
    // Gives a source the jobs it cannot be without: the one for webhooks, and a load when it has no
    // other.
    void ensure_jobs(const control::SourceRecord& source);
    // Stores changed settings, name, destination and whether it is enabled.
    void edit_source(control::SourceRecord source);
    void set_secret(std::int64_t source, const std::string& secret);
    // Asks the source's own service, and stores what it said as the source's status.
    Verdict check_source(const control::SourceRecord& source);
    std::vector<TableInfo> tables(const control::SourceRecord& source);
    // With its jobs, runs and waiting webhooks; its rows in the destination stay.
    bool remove_source(std::int64_t source);

    // The job with kind, settings and schedule checked and in one form, and next_due as its
    // schedule says. Does not store it.
    control::JobRecord planned(control::JobRecord job);
    // Queues a run now. A run that waits for its next attempt is made at once. Its number; nothing
    // when the job has a run under way.
    // `period`: of what it is to read; nothing: as the job says.
    std::optional<std::int64_t> run_now(const control::JobRecord& job,
                                        const control::Period& period = {});
    // Days as YYYY-MM-DD, both included, of the source's zone, for a report job's run; one that is
    // empty is open.
    control::Period report_period(const control::JobRecord& job, const std::string& from,
                                  const std::string& to);
    // The job that loads a past period, made or found again. Days as YYYY-MM-DD, both included, of
    // the source's zone; what may be left empty the kind of source says.
    control::JobRecord history_job(const control::SourceRecord& source, std::string_view from,
                                   std::string_view to);

    // The job that deletes old rows, made or found again by what it deletes.
    control::JobRecord prune_job(const control::SourceRecord& source, const std::string& settings);
    // What such a job would delete now.
    std::vector<PlannedCut> prune_plan(const control::SourceRecord& source,
                                       const std::string& settings);

    // The job that compares these days, made or found again by what it compares.
    control::JobRecord reconcile_job(const control::SourceRecord& source,
                                     const std::string& settings,
                                     std::optional<unsigned> last_days);
    // What such a job would find now.
    std::vector<PlannedPart> reconcile_plan(const control::SourceRecord& source,
                                            const std::string& settings,
                                            std::optional<unsigned> last_days,
                                            const std::stop_token& stop);
    // The ledger of the source, by day; days as YYYY-MM-DD, both included, "": any.
    std::vector<LedgerRow> ledger(const control::SourceRecord& source, std::string_view from,
                                  std::string_view to, const std::stop_token& stop);
    // What filters that were changed would make of the rows that are stored.
    std::vector<ChangedRows> changed_rows(const control::SourceRecord& then);
    // What a report job with these settings does at the source.
    Reporting reporting(const control::SourceRecord& source, std::string_view job_settings);

    std::int64_t add_destination(std::string_view name, const std::string& url);
    // The SQLite file in the data folder; made at the first use.
    std::int64_t default_destination();
    // The URL as it may be shown, once it is known to be one of a destination.
    std::string shown_url(const std::string& url);

    const SourceKind& kind(control::SourceKind wanted) const;
    std::vector<const SourceKind*> kinds() const { return kinds_; }
    std::string inbox_file() const { return folder_ + "/inbox.db"; }
    control::Store& store() { return store_; }

  private:
    // The one like `job` by kind, settings, schedule and days, or else `job` under a new name.
    control::JobRecord found_or_made(control::JobRecord job);
    // Error(config) when the rows of such a source cannot go where they are to go.
    void check_destination(const control::SourceRecord& source);

    control::Store& store_;
    const std::vector<const SourceKind*> kinds_;
    const DestinationOpener destinations_;
    const std::string folder_;
    Clock& clock_;
};

}  // namespace ringtail::jobs
