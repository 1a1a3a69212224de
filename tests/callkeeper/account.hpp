#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "callkeeper/database.hpp"
#include "pipeline/run_stream.hpp"
#include "sim/callkeeper.hpp"
#include "source/callkeeper/options.hpp"

namespace ringtail::test {

// Shows the time of the stand-in. Waiting takes none.
class AccountClock final : public Clock {
  public:
    explicit AccountClock(const sim::CallKeeper& callkeeper) : callkeeper_(callkeeper) {}
    Instant now() const override { return callkeeper_.now() + std::chrono::microseconds(waited_); }
    void sleep(std::chrono::milliseconds pause, std::stop_token) override {
        waited_ += std::chrono::microseconds(pause).count();
    }

  private:
    const sim::CallKeeper& callkeeper_;
    std::atomic<std::int64_t> waited_{0};
};

// Webhooks that wait to be loaded, in the order they came.
class WaitingRoom final : public callkeeper::InboxReader {
  public:
    void add(callkeeper::WaitingHook hook);
    callkeeper::WaitingHooks take(const callkeeper::InboxPosition& position,
                                  std::size_t max_bytes) override;

  private:
    std::vector<callkeeper::WaitingHook> hooks_;
};

// A CallKeeper account of the stand-in and an empty database that it is loaded into.
class Account {
  public:
    // Its clock stands at noon of the last day but one, unless the options say another time.
    explicit Account(sim::CallKeeperOptions options,
                     std::unique_ptr<CallDatabase> database = make_sqlite_database());

    CallDatabase& database() { return *database_; }
    sim::CallKeeper& callkeeper() { return callkeeper_; }
    callkeeper::Options settings;  // of the source

    // One run of the stream, to its end. Failed attempts are counted in the summary.
    RunSummary run(callkeeper::Work work);
    // All days the stand-in has.
    RunSummary load_all();
    // Hooks are received, and wait.
    sim::HookCounts receive(sim::HookOptions options);
    RunSummary take_hooks();

    // As differences.hpp says.
    using Shared = test::Shared;
    std::vector<std::string> differences(const sim::CallTruthOptions& truth,
                                         Shared shared = Shared::exact);
    // The number a SELECT gives.
    std::int64_t count(const std::string& select);
    std::int64_t rows_in(const std::string& table);

  private:
    std::unique_ptr<CallDatabase> database_;
    sim::CallKeeper callkeeper_;
    AccountClock clock_;
    WaitingRoom waiting_;
    std::int64_t received_ = 0;
    std::unique_ptr<Logger> log_;
};

sim::CallKeeperOptions calls(std::uint32_t per_day, std::uint32_t days, double odd = 0.1);

// Rows that a run wrote, of one table or all.
std::uint64_t written(const RunSummary& summary, std::string_view table = {});

}  // namespace ringtail::test
