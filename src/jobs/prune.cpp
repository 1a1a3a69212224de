#include "jobs/prune.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "base/error.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "jobs/eraser.hpp"
#include "jobs/held_stream.hpp"
#include "jobs/kept_keys.hpp"
#include "jobs/old_reports.hpp"
#include "jobs/turns.hpp"
#include "json/document.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;

// How many keys are looked up at once: where no index helps, which means reading the table, as many
// as may be in memory; else as many as take kLookUp, at first few, as the disk may be slow.
constexpr std::size_t kMostKeys = 50'000, kFirstKeys = 2'000;
constexpr std::chrono::milliseconds kLookUp = 100ms;
// Rows that go between two looks at who waits, with all that hangs on them: at first, and then as
// many as take kStep with the pauses, but no more than a tenth of a load.
constexpr std::size_t kFirstRows = 500, kFewestRows = 50;
constexpr std::chrono::milliseconds kStep = 200ms;
// After so many it is seen whether room is to be given back.
constexpr std::size_t kRowsToGiveBack = 5'000;
// Others of the source wait no longer than this and the step under way.
constexpr auto kSlice = 300ms;
// After a step that gives room back, at most.
constexpr std::chrono::milliseconds kLongestPause = 200ms;

std::uint64_t number_in(const JsonDocument& document, std::string_view name) {
    const JsonValue value = document.root().find(name);
    if (!value.is(JsonValue::Kind::number)) return 0;
    const std::string_view raw = value.raw();
    std::uint64_t number = 0;
    std::from_chars(raw.data(), raw.data() + raw.size(), number);
    return number;
}

class Pruner {
  public:
    Pruner(const Workshop& shop, const Account& account, const Task& task,
           const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop)
        : shop_(shop),
          task_(task),
          recorder_(recorder),
          stop_(stop),
          account_(account),
          kind_(shop.kind(account.record.kind)),
          at_once_(std::max(kFirstRows, place.size.rows / 10)),
          started_(shop.clock.now()),
          pruning_(kind_.pruning(account, task.job.settings, task.run.started.value_or(started_))),
          destination_(place.factory()),
          retention_(retention_of(*destination_)) {}

    Outcome go() {
        for (const Pruning::Cut& cut : pruning_.cuts)
            shop_.store.floors().raise(task_.run.source, cut.name, cut.rows.before);
        tables_ = destination_->prepare(tables_with_old_reports());
        for (const Table& table : tables_) summary_.tables.push_back({table.name});
        begin_progress();
        const HeldStream lease(*destination_, pruning_.stream, holder_, shop_.log);
        Outcome outcome;
        const bool is_done = cut_all() && give_room_back(outcome);
        outcome.ending.state = is_done ? control::RunState::done : control::RunState::queued;
        if (is_done) end(outcome);
        return outcome;
    }

  private:
    // False when more urgent work waits.
    bool cut_all() {
        Eraser eraser(*destination_, tables_, {pruning_.stream, holder_, at_once_}, shop_.clock,
                      [this](const TableStats& stats) { erased(stats); });
        if (done_ > 0 && !give_some_room_back()) return false;
        KeptKeys::Keys kept;
        if (shop_.keys != nullptr) kept = shop_.keys->take(task_.run.number, started_);
        for (const Pruning::Cut& cut : pruning_.cuts) {
            KeptKeys::Keys own{cut.name, {}, kFirstKeys};
            if (kept.cut == cut.name) own = std::exchange(kept, {});
            if (cut_rows(cut.rows, eraser, own)) continue;
            // Whether something points at a row is another question after others had their turn.
            if (!cut.rows.unless.empty()) own.keys.clear();
            if (shop_.keys != nullptr) shop_.keys->keep(task_.run.number, std::move(own));
            return false;
        }
        return std::ranges::all_of(
            reports_, [&](const RowQuery& report) { return cut_report(report, eraser); });
    }

    // False when more urgent work waits.
    bool cut_rows(const OldRows& rows, Eraser& eraser, KeptKeys::Keys& keys) {
        if (!cut_keys(rows.table.name, eraser, keys.keys)) return false;
        while (true) {
            look_up(rows, keys);
            if (keys.keys.empty()) return true;
            const std::uint64_t before = deleted_;
            if (!cut_keys(rows.table.name, eraser, keys.keys)) return false;
            if (deleted_ > before) continue;
            throw Error(Fault::data,
                        fmt::format("old rows of {} cannot be deleted: they are still there "
                                    "afterwards",
                                    rows.table.name))
                .with_hint("Look for a trigger or a rule of the database that keeps them.");
        }
    }

    void look_up(const OldRows& rows, KeptKeys::Keys& into) {
        const bool is_indexed =
            std::ranges::any_of(rows.table.indexes, [&](const std::vector<std::string>& columns) {
                return columns.front() == rows.column;
            });
        if (!is_indexed) into.at_once = kMostKeys;
        into.since = shop_.clock.now();
        into.keys = retention_.keys(rows, into.at_once);
        // The last ones go first. Rows that stand side by side are fewer pages to be written.
        std::ranges::sort(into.keys, [](const std::string& left, const std::string& right) {
            return left.size() != right.size() ? left.size() > right.size() : left > right;
        });
        if (is_indexed) into.at_once = fitting(into.keys.size(), kLookUp, into.since, kMostKeys);
    }

    // From the last one on; they are taken out as they go. False when more urgent work waits.
    bool cut_keys(const std::string& table, Eraser& eraser, std::vector<std::string>& keys) {
        while (!keys.empty()) {
            if (is_awaited()) return false;
            const std::size_t some = std::min(rows_a_step_, keys.size());
            erase(table, std::span(keys).last(some), eraser);
            keys.resize(keys.size() - some);
            if (erased_since_ < kRowsToGiveBack) continue;
            erased_since_ = 0;
            if (!give_some_room_back()) return false;
        }
        return true;
    }

    void erase(const std::string& table, std::span<const std::string> keys, Eraser& eraser) {
        const Instant begin = shop_.clock.now();
        eraser.erase(table, keys, stop_);
        rows_a_step_ =
            std::clamp(fitting(keys.size(), kStep, begin, 2 * rows_a_step_), kFewestRows, at_once_);
        worked_ = true;
        done_ += keys.size();
        erased_since_ += keys.size();
        tell_progress();
    }

    // How many fit into a time, after so many took from `begin` until now.
    std::size_t fitting(std::size_t count, Instant::duration time, Instant begin,
                        std::size_t most) const {
        const std::chrono::duration<double> wanted = time, took = shop_.clock.now() - begin;
        const auto fits = static_cast<std::size_t>(static_cast<double>(count) * wanted.count() /
                                                   std::max(took.count(), 0.001));
        return std::clamp(fits, kFewestRows, most);
    }

    // A table is made ready for deleting only where it has such rows: it may not be there yet.
    std::vector<Table> tables_with_old_reports() {
        std::vector<Table> tables = pruning_.tables;
        RowReader* const rows = destination_->rows();
        if (rows == nullptr) return tables;
        reports_ = old_report_rows(pruning_, account_, kind_, shop_.store);
        std::erase_if(reports_, [&](const RowQuery& report) { return rows->count(report) == 0; });
        for (const RowQuery& report : reports_) {
            if (std::ranges::find(tables, report.table.name, &Table::name) == tables.end())
                tables.push_back(report.table);
        }
        return tables;
    }

    // Day by day, so that few keys are in memory. False when more urgent work waits.
    bool cut_report(const RowQuery& report, Eraser& eraser) {
        const auto first_of = [&](RowQuery query, auto take) {
            destination_->rows()->read(
                query,
                [&](std::span<const std::optional<std::string_view>> values) {
                    if (values[0]) take(std::string(*values[0]));
                },
                stop_);
        };
        std::set<std::string> days;
        RowQuery of_days = report;
        of_days.columns = {"simple_date"};
        first_of(of_days, [&](std::string day) { days.insert(std::move(day)); });
        for (const std::string& day : days) {
            RowQuery of_day = report;
            of_day.texts = {"simple_date", day, day};
            std::vector<std::string> keys;
            first_of(of_day, [&](std::string key) { keys.push_back(std::move(key)); });
            // Of a report it is kept by the day (report/day_rows.hpp). First, as a day without rows
            // is not found again.
            const std::string rejected =
                fmt::format("{}/{}/{}", report.equal.at(0).value, report.equal.at(1).value, day);
            retention_.forget_rejects(report.table.name, {&rejected, 1});
            if (!cut_keys(report.table.name, eraser, keys)) return false;
        }
        return true;
    }

    // False when more urgent work waits.
    bool give_room_back(Outcome& outcome) {
        if (done_ == 0) return true;
        std::vector<OldRows> cuts;
        for (const Pruning::Cut& cut : pruning_.cuts) cuts.push_back(cut.rows);
        bool is_done = true;
        outcome.ending.hint = retention_.give_back(cuts, pacing(is_done), stop_);
        return is_done;
    }

    // False when more urgent work waits.
    bool give_some_room_back() {
        bool is_done = true;
        retention_.give_some_back(pacing(is_done), stop_);
        return is_done;
    }

    // Asked before each step that gives room back. `is_done` becomes false when more urgent work
    // waits.
    std::function<bool()> pacing(bool& is_done) {
        return [this, &is_done, begin = std::optional<Instant>()]() mutable {
            if (begin) {
                worked_ = true;
                const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
                    shop_.clock.now() - *begin);
                shop_.clock.sleep(std::clamp(took / 2, 1ms, kLongestPause), stop_);
            }
            is_done = !is_awaited();
            begin = shop_.clock.now();
            return is_done;
        };
    }

    // Webhooks, or another run of the source: it has its turn next. Each taking does something.
    bool is_awaited() {
        return worked_ && shop_.clock.now() - started_ >= kSlice && others_wait(shop_, task_);
    }

    void erased(const TableStats& stats) {
        const auto sum = std::ranges::find(summary_.tables, stats.table, &TableStats::table);
        if (sum != summary_.tables.end()) sum->erased += stats.erased;
        deleted_ += stats.erased;
        ++summary_.loads;
        recorder_.loaded(summary_);
    }

    void begin_progress() {
        const JsonDocument document(task_.run.progress);
        done_ = number_in(document, "rows_done");
        tell_progress();
    }
    void tell_progress() {
        // Of how many is not said: counting them may take longer than others of the source should
        // wait.
        recorder_.set_progress(fmt::format(R"({{"rows_done":{}}})", done_));
    }

    void end(Outcome& outcome) {
        std::string words;
        for (const Pruning::Cut& cut : pruning_.cuts) {
            words += fmt::format("{}{} before {}", words.empty() ? "" : ", ", cut.name,
                                 format_time(cut.rows.before));
        }
        if (!reports_.empty()) words += ", reports of the same days";
        if (pruning_.webhooks_before)
            task_.inbox->forget_rejects(task_.run.source, *pruning_.webhooks_before);
        outcome.ending.message = fmt::format("deleted {} rows: {}", done_, words);
    }

    const Workshop& shop_;
    const Task& task_;
    Recorder& recorder_;
    const std::stop_token& stop_;
    const Account& account_;
    const SourceKind& kind_;
    const std::size_t at_once_;
    const Instant started_;
    const Pruning pruning_;
    const std::unique_ptr<Destination> destination_;
    Retention& retention_;
    const std::string holder_ = this_holder();
    std::vector<RowQuery> reports_;  // rows of report jobs that are to go
    std::vector<Table> tables_;
    RunSummary summary_;
    std::size_t rows_a_step_ = kFirstRows;
    std::size_t erased_since_ = 0;  // room was given back
    bool worked_ = false;           // by this taking
    std::uint64_t deleted_ = 0;     // by this taking, with what hung on the rows
    std::uint64_t done_ = 0;        // by all takings, without
};

}  // namespace

Outcome prune(const Workshop& shop, const Account& account, const Task& task,
              const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop) {
    return Pruner(shop, account, task, place, recorder, stop).go();
}

std::vector<PlannedCut> plan_prune(const Pruning& pruning, Destination& destination) {
    std::vector<PlannedCut> cuts;
    for (const Pruning::Cut& cut : pruning.cuts) {
        cuts.push_back({cut.rows.table.name, cut.rows.before,
                        retention_of(destination).count(cut.rows), !cut.rows.unless.empty()});
    }
    return cuts;
}

}  // namespace ringtail::jobs
