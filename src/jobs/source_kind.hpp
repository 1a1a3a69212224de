#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "control/floors.hpp"
#include "control/inbox.hpp"
#include "control/records.hpp"
#include "destination/destination.hpp"
#include "jobs/comparison.hpp"
#include "jobs/reporting.hpp"
#include "jobs/settings.hpp"
#include "model/table.hpp"
#include "source/source.hpp"

namespace ringtail::jobs {

// A source of the store with what opening it takes.
struct Account {
    control::SourceRecord record;
    std::string secret;
};

// One taking of a run, as a kind of source needs to know it.
struct Task {
    control::JobRecord job;
    control::RunRecord run;
    // The number of the job's last run before this one that was done, 0: none. The same for all
    // attempts at one round of the job.
    std::int64_t done_before = 0;
    control::Inbox* inbox = nullptr;  // its waiting webhooks; the run's own object
    // The rows go to a web service: transactions that were fired since then.
    std::optional<Instant> deliver_since = {};
    control::FloorMap floors = {};  // older rows are not to be loaded
    // Only what waits in the inbox: the service is asked for nothing.
    bool inbox_alone = false;
};

// What a run reads.
struct Opened {
    std::string stream;  // its name in ringtail_checkpoints
    // Drops from the inbox what this checkpoint covers; unset where there is nothing of the kind.
    std::function<void(const Checkpoint& stored)> committed;
    // The progress as a JSON object, once this checkpoint is stored; unset: rows and requests
    // alone.
    std::function<std::string(const Checkpoint& stored)> progress;
    // Whether there is more to do than this taking did: the run is queued again. Unset: no.
    std::function<bool(const Checkpoint& stored)> has_more;
    std::function<std::uint64_t()> requests;  // made to the API so far; unset: not counted
    // After something is due to be asked again: what becomes due so soon is asked for with it.
    // Unset: nothing is asked again.
    std::optional<std::chrono::seconds> gather_asks;
    std::string note;                // for the journal, where the run ends well
    std::unique_ptr<Source> source;  // last: what it uses may be in the others
};

// What a prune job deletes.
struct Pruning {
    std::string stream;
    std::vector<Table> tables;  // the source's; parents before children
    struct Cut {
        std::string name;  // of the table, without prefix
        OldRows rows;      // rows that point at them go along
    };
    std::vector<Cut> cuts;  // to be done in this order
    // Webhooks that were no call and came before this are forgotten, too.
    std::optional<Instant> webhooks_before = {};
};

// Whether the source's own service lets us in.
struct Verdict {
    bool good = false;
    std::string message, hint;
};

struct TableInfo {
    Table table;
    bool chosen = true;
    std::string filter;  // as written; "": all rows
};

// What becomes of a table's stored rows once they are read again.
struct ChangedRows {
    std::string table;
    std::uint64_t stored = 0, leaving = 0, coming = 0;
};

// How a source's rows are delivered to a web service.
struct DeliveryPlan {
    std::string stream;                                      // its name in the outbox
    std::optional<Instant> since;                            // unset: from the first run on
    double rate = 5;                                         // attempts a second; 0: no limit
    unsigned attempts = 10;                                  // then a delivery is a dead letter
    std::vector<std::chrono::milliseconds> retry_plan = {};  // as delivery::RetryOptions::plan
    std::chrono::milliseconds timeout{30'000};               // of one attempt
    // Files, "": none. The secret that deliveries are signed with; headers, one a line; a client
    // certificate and its key in PEM.
    std::string secret_file = {}, headers_file = {}, client_certificate = {}, client_key = {};
    bool operator==(const DeliveryPlan&) const = default;
};

// A kind of source, as main.cpp wires it in. Safe from several threads.
class SourceKind {
  public:
    virtual ~SourceKind() = default;
    virtual control::SourceKind kind() const = 0;
    virtual std::string_view secret_name() const = 0;  // what people call it: "API key"
    virtual std::span<const Setting> settings() const = 0;
    // The settings in one form. Error(config) names the setting, what is wrong and what is allowed.
    virtual std::string checked(std::string_view settings) const = 0;
    // The jobs that a new source begins with.
    virtual std::vector<control::JobRecord> first_jobs() const = 0;
    // A job's settings, checked likewise. Error(config) for a kind of job it does not know.
    virtual void check_job(const control::JobRecord& job) const = 0;
    // Asks the service. Throws nothing but what is our own fault.
    virtual Verdict check(const Account& account) const = 0;
    virtual std::vector<TableInfo> tables(const Account& account) const = 0;
    // Nothing: the rows of such sources go into databases only.
    virtual std::optional<DeliveryPlan> delivery(const Account& /*account*/) const {
        return std::nullopt;
    }
    // Its name in ringtail_checkpoints and ringtail_ledger.
    virtual std::string stream(const Account& account) const = 0;
    // What the settings of `then` make of the rows that `destination` has of this source.
    virtual std::vector<ChangedRows> changed_rows(const Account& /*then*/,
                                                  Destination& /*destination*/) const {
        return {};
    }
    virtual Opened open(const Account& account, const Task& task) const = 0;
    // Asks nothing of the service. `now` tells which day it is.
    virtual Pruning pruning(const Account& account, std::string_view job_settings,
                            Instant now) const = 0;
    // What a reconcile job compares; only where check_job() lets such jobs be. Of the task the job
    // and the floors count. Asks the service no more than what columns there are; errors as those
    // of a Source.
    virtual ComparisonPlan comparison(const Account& /*account*/, const Task& /*task*/) const {
        throw Error(Fault::config, "such a source cannot be compared with what is stored");
    }
    // What a report job does, asking nothing of the service; only where check_job() lets such jobs
    // be. Error(config) where its settings are wrong.
    virtual Reporting reporting(const Account& /*account*/,
                                std::string_view /*job_settings*/) const {
        throw Error(Fault::config, "there are no reports of such a source");
    }
};

// A database as a run needs it; of a web service there is nothing to be opened.
struct OpenedDestination {
    DestinationFactory factory;
    LoadSize size;
};
// Error(config) when the URL is not one of a database or web service.
using DestinationOpener = std::function<OpenedDestination(const std::string& url)>;

}  // namespace ringtail::jobs
