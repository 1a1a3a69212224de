#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.hpp"
#include "callkeeper/account.hpp"
#include "control/store.hpp"
#include "jobs/ledger.hpp"
#include "jobs/reconcile.hpp"
#include "jobs/reconcile_totals.hpp"
#include "jobs/run_one.hpp"
#include "support/process.hpp"

namespace ringtail::test {

// Calls on `days` days that are all over, an hour or more ago.
sim::CallKeeperOptions past_calls(std::uint32_t per_day, std::uint32_t days);

// A loaded account, and the jobs that compare it. Its first and last day are not compared: days of
// its zone begin before those of the stand-in.
class Desk {
  public:
    explicit Desk(const sim::CallKeeperOptions& options,
                  std::unique_ptr<CallDatabase> database = make_sqlite_database(),
                  const std::string& settings = "{}");

    Account account;

    struct Result {
        control::RunState state = control::RunState::failed;
        jobs::ReconcileTotals totals;
        std::string message, hint;
        std::uint64_t requests = 0;
        std::uint64_t takings = 0;
    };
    // A run of a job with these settings, to its end; its days are all unless the settings say.
    Result reconcile(const std::string& settings = "");
    // A run of the source's webhooks, which is due once a reconciliation has begun.
    void queue_hooks_soon();
    // The same without writing.
    std::vector<jobs::PlannedPart> plan();
    std::vector<jobs::LedgerRow> ledger();
    // What of the truth is not in the tables, and the reverse.
    std::vector<std::string> differences();
    std::string first_day() { return account.callkeeper().options().first_day; }
    std::string last_day();

    control::Store& store() { return store_; }
    std::int64_t source() const { return source_; }

  private:
    jobs::OpenedDestination place();

    TemporaryFolder folder_;
    AccountClock clock_;
    std::unique_ptr<Logger> log_;
    Metrics metrics_;
    control::Store store_;
    std::unique_ptr<jobs::SourceKind> kind_;
    jobs::Workshop shop_;
    std::int64_t source_ = 0;
    std::map<std::string, control::JobRecord> jobs_;
};

}  // namespace ringtail::test
