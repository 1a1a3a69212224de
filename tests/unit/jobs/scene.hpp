#pragma once
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "jobs/accounts.hpp"
#include "jobs/engine.hpp"
#include "support/process.hpp"
#include "unit/pipeline/scripted.hpp"

namespace ringtail::jobs {

// Time that stands still until it is set.
class SetClock final : public Clock {
  public:
    Instant now() const override { return Instant(std::chrono::microseconds(now_)); }
    void sleep(std::chrono::milliseconds, std::stop_token) override {}
    void set(Instant now) { now_ = now.time_since_epoch().count(); }

  private:
    std::atomic<std::int64_t> now_{1'767'225'600'000'000};  // 2026-01-01
};

// A kind of source whose sources do as `before_page` says for their name.
class ScriptedKind final : public SourceKind {
  public:
    using BeforePage = std::function<void(const std::string& source, int number, std::stop_token)>;
    explicit ScriptedKind(BeforePage before_page) : before_page_(std::move(before_page)) {}

    control::SourceKind kind() const override { return control::SourceKind::callkeeper; }
    std::string_view secret_name() const override { return "key"; }
    std::span<const Setting> settings() const override { return {}; }
    std::string checked(std::string_view settings) const override { return std::string(settings); }
    std::vector<control::JobRecord> first_jobs() const override {
        control::JobRecord load, hooks;
        load.name = "load";
        hooks.name = "hooks";
        hooks.kind = control::JobKind::hooks;
        return {load, hooks};
    }
    void check_job(const control::JobRecord&) const override {}
    Verdict check(const Account&) const override { return {true, "fine", ""}; }
    std::vector<TableInfo> tables(const Account&) const override { return {}; }
    std::string stream(const Account&) const override { return {}; }
    Opened open(const Account& account, const Task& task) const override;
    Pruning pruning(const Account&, std::string_view, Instant) const override { return {}; }

    // How many takings a history run needs.
    int slices = 1;
    std::optional<std::chrono::seconds> gather_asks{0};

  private:
    BeforePage before_page_;
};

// A store in a folder of its own, and destinations of plain maps, one for each source's URL.
class Scene {
  public:
    explicit Scene(Clock& clock, ScriptedKind::BeforePage before_page = {});

    std::int64_t add_source(const std::string& name);
    // One whose rows go into the SQLite file that all such sources share.
    std::int64_t add_sharing(const std::string& name);
    std::unique_ptr<Destination> open_shared();
    control::JobRecord job(const std::string& source, const std::string& name = "load");
    // How many rows lie in the source's destination; workers may be filling it.
    std::size_t rows_of(const std::string& source);
    // From now on each load into it finds so many values that do not fit.
    void reject(const std::string& source, std::uint64_t values);
    // A row of the source is to be asked for again then.
    void ask_again(const std::string& source, Instant due);
    // Waits until `done` holds, looking again whenever a run has ended; fails after a minute.
    void wait(const std::function<bool()>& done);

    test::TemporaryFolder folder;
    control::Store store;
    ScriptedKind kind;
    std::unique_ptr<Logger> log = make_null_logger();
    Metrics metrics;
    Workshop shop;
    Accounts accounts;
    std::function<void()> ended;  // for a WorkerPool of the test's

  private:
    std::shared_ptr<test::Shelf> shelf_at(const std::string& url);
    OpenedDestination open(const std::string& url);

    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<test::Shelf>> shelves_;
    std::condition_variable changed_;
    std::uint64_t endings_ = 0;
};

}  // namespace ringtail::jobs
