#include "jobs/reconcile.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "jobs/eraser.hpp"
#include "jobs/ledger.hpp"
#include "jobs/part_reader.hpp"
#include "jobs/reconcile_totals.hpp"
#include "jobs/turns.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using control::RunState;
using Kind = Difference::Kind;

// A row must be missed twice, this far apart.
constexpr auto kSeenMissingFor = 1h;
// Of a table's rows, in one run without consent.
constexpr std::uint64_t kRemovedPart = 50;
constexpr std::size_t kErasedAtOnce = 1'000;
// Others of the source wait no longer than this and the part under way.
constexpr auto kSlice = 400ms;
// Days that are equal go into the ledger together.
constexpr auto kTellEvery = 2s;

class Reconciler {
  public:
    Reconciler(const Workshop& shop, const Account& account, const Task& task,
               const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop)
        : shop_(shop),
          account_(account),
          task_(task),
          recorder_(recorder),
          stop_(stop),
          started_(shop.clock.now()),
          plan_(shop.kind(account.record.kind).comparison(account, task)),
          destination_(place.factory()) {
        recorder_.attach([this] { return plan_.comparison->requests(); });
    }
    ~Reconciler() { recorder_.detach(); }
    Reconciler(const Reconciler&) = delete;
    Reconciler& operator=(const Reconciler&) = delete;

    Outcome go() {
        totals_ = read_totals(task_.run.progress);
        if (totals_.position.empty() && totals_.days == 0) totals_.position = where_it_stopped();
        totals_.days_in_all = plan_.parts;
        prepare();
        destination_->streams().hold(plan_.stream, holder_);
        Outcome outcome;
        try {
            compare_all(outcome);
        } catch (...) {
            release();
            throw;
        }
        release();
        return outcome;
    }

  private:
    // At the budget, the last time that the job ran.
    std::string where_it_stopped() const {
        if (task_.done_before == 0) return "";
        const auto before = shop_.store.runs().find(task_.done_before);
        return before ? read_totals(before->progress).position : "";
    }

    void prepare() {
        std::vector<Table> wanted = plan_.tables;
        wanted.push_back(reconciliation_table());
        wanted.push_back(ledger_table());
        all_ = destination_->prepare(wanted);
        ledger_ = all_.back();
        all_.pop_back();
        reconciliation_ = all_.back();
        all_.pop_back();
        // A look at the rows tells, not what prepare() did.
        for (Table& table : all_) table.created = false;
    }

    void compare_all(Outcome& outcome) {
        PartReader reader(plan_, *destination_, all_, totals_.position);
        told_ = shop_.clock.now();
        while (true) {
            destination_->streams().hold(plan_.stream, holder_);
            auto facing = reader.next(stop_);
            if (!facing) break;
            take(*facing, reader);
            ++totals_.days;
            totals_.position = facing->part.after;
            if (shop_.clock.now() - told_ >= kTellEvery) tell();
            if (is_over_budget()) return stop_at_budget(outcome);
            if (shop_.clock.now() - started_ >= kSlice && others_wait(shop_, task_)) {
                tell();
                outcome.ending.state = RunState::queued;
                return;
            }
        }
        totals_.position.clear();
        tell();
        outcome.ending.state = RunState::done;
        outcome.ending.message = totals_.words();
        outcome.ending.hint = hint();
    }

    void take(Facing& facing, PartReader& reader) {
        const Subject& subject = plan_.subjects.at(facing.part.subject);
        totals_.note(subject, facing.compared);
        const bool was_equal = facing.compared.is_equal();
        const Compared found = facing.compared;
        if (!was_equal) {
            load_again(facing, subject);
            reader.read_here(facing, stop_);
        }
        settle_extra(facing, reader, subject, found);
        const std::uint64_t left =
            facing.compared.differences.size() - facing.compared.count(Kind::again);
        totals_.left += left;
        note_in_ledger(facing, reader, subject, was_equal);
    }

    // What is missing or different, in one transaction with the record of it.
    void load_again(Facing& facing, const Subject& subject) {
        std::vector<Batch>& batches = facing.again.decoded.batches;
        for (const Difference& difference : facing.compared.differences)
            if (difference.kind == Kind::changed) replace_row(batches, subject, difference);
        Batch records(reconciliation_);
        for (const Difference& difference : facing.compared.differences) {
            if (difference.kind == Kind::missing)
                record(records, facing, subject, difference, "loaded");
            if (difference.kind == Kind::changed)
                record(records, facing, subject, difference, "loaded");
        }
        batches.push_back(std::move(records));
        failpoint("reconcile_loading");
        load(batches, facing.again.decoded);
        facing.again = {};
        failpoint("reconcile_loaded");
    }

    // A row that is stored under another key of ours than the source's row has: it makes room.
    void replace_row(std::vector<Batch>& batches, const Subject& subject,
                     const Difference& difference) {
        const auto is_key = [&](const Difference::Value& value) {
            return subject.fields.at(value.field) == subject.table.key.front();
        };
        if (std::ranges::none_of(difference.values, is_key)) return;
        const std::vector<std::string> old{difference.row};
        for (Batch& batch : batches) {
            const Table& table = batch.table();
            std::set<std::string> written;  // these take the place of their own rows
            for (std::size_t row = 0; row < batch.rows(); ++row) written.insert(batch.key_of(row));
            for (const Reference& reference : table.references) {
                if (!reference.enforced || reference.parent != subject.table.name) continue;
                for (const std::string& child :
                     retention_of(*destination_).children({table, reference.column}, old))
                    if (!written.contains(child)) batch.erase(child);
            }
            if (table.name == subject.table.name) batch.erase(difference.row);
        }
    }

    // Rows that the source does not name: marked at first, removed when it is still so later.
    void settle_extra(Facing& facing, PartReader& reader, const Subject& subject,
                      const Compared& found) {
        Batch records(reconciliation_);
        // What was extra and is no more had been stored under a wrong day.
        for (const Difference& before : found.differences) {
            if (before.kind != Kind::extra) continue;
            const auto& now = facing.compared.differences;
            const bool stays = std::ranges::any_of(now, [&](const Difference& one) {
                return one.kind == Kind::extra && one.row == before.row;
            });
            if (!stays) record(records, facing, subject, before, "loaded");
        }
        std::vector<const Difference*> due;
        Table marks = subject.table;
        marks.columns = {column_of(subject.table, subject.table.key.front()),
                         {std::string(kMissingSince), Type::timestamp}};
        marks.references.clear();
        marks.unique.clear();
        marks.indexes.clear();
        marks.fingerprint.clear();
        marks.changed.clear();
        marks.rest.clear();
        Batch marked(marks);
        const Instant now = shop_.clock.now();
        const std::string now_text = format_time(now);
        const auto mark = [&](const Difference& difference, Cell cell) {
            marked.add({Cell::Kind::text, difference.row});
            marked.add(cell);
            marked.end_row();
        };
        for (const Difference& difference : facing.compared.differences) {
            if (difference.kind == Kind::again) mark(difference, {});
            if (difference.kind != Kind::extra) continue;
            if (!difference.missing_since) {
                mark(difference, {Cell::Kind::text, now_text});
                record(records, facing, subject, difference, "marked");
            } else if (now - *difference.missing_since >= kSeenMissingFor) {
                due.push_back(&difference);
            }
        }
        const bool may = may_remove(due.size(), reader, subject);
        for (const Difference* difference : due)
            record(records, facing, subject, *difference, may ? "removed" : "kept: too many");
        if (!may) totals_.refused += due.size();
        const std::uint64_t extra = facing.compared.count(Kind::extra);
        totals_.marked += extra - due.size();
        std::vector<Batch> batches;
        if (marked.rows() > 0) batches.push_back(std::move(marked));
        if (records.rows() > 0) batches.push_back(std::move(records));
        if (!batches.empty()) load(batches, {});
        if (!may || due.empty()) return;
        std::vector<std::string> rows;
        for (const Difference* difference : due) rows.push_back(difference->row);
        Eraser(*destination_, all_, {plan_.stream, holder_, kErasedAtOnce}, shop_.clock,
               [this](const TableStats& stats) { count(stats); })
            .erase(subject.table.name, rows, stop_);
        totals_.removed += rows.size();
        reader.read_here(facing, stop_);
    }

    bool may_remove(std::uint64_t rows, PartReader& reader, const Subject& subject) {
        if (rows == 0 || plan_.remove_extra) return true;
        auto& of_table = rows_of_table_[subject.name];
        if (!of_table) of_table = reader.rows().count(subject.all) + totals_.removed;
        return totals_.removed + rows <= *of_table / kRemovedPart;
    }

    void record(Batch& records, const Facing& facing, const Subject& subject,
                const Difference& difference, std::string_view action) {
        ReconciliationRow row;
        row.source = account_.record.name;
        row.stream = plan_.stream;
        row.run = task_.run.number;
        row.table = subject.table.name;
        row.day = facing.part.day;
        row.key = difference.key;
        row.row = difference.row;
        row.action = action;
        row.at = shop_.clock.now();
        if (difference.values.empty()) {
            const bool is_here = difference.kind == Kind::extra;
            (is_here ? row.here : row.there) = difference.key;
            append(records, row);
        }
        for (const auto& value : difference.values) {
            row.field = subject.fields.at(value.field);
            row.here = value.here;
            row.there = value.there;
            append(records, row);
        }
    }

    void note_in_ledger(const Facing& facing, PartReader& reader, const Subject& subject,
                        bool was_equal) {
        const Compared& compared = facing.compared;
        LedgerRow row;
        row.source = account_.record.name;
        row.stream = plan_.stream;
        row.table = subject.table.name;
        row.day = facing.part.day;
        row.there = compared.there;
        row.here = compared.here;
        row.hash_there = compared.hash_there;
        row.hash_here = compared.hash_here;
        row.open = compared.open;
        row.compared = shop_.clock.now();
        if (!compared.is_equal()) {
            row.verdict = LedgerVerdict::different;
            row.proven = proven_before(reader.rows(), row, stop_);
        } else {
            row.verdict = !facing.part.is_over ? LedgerVerdict::unproven
                          : was_equal          ? LedgerVerdict::equal
                                               : LedgerVerdict::healed;
            row.proven = row.compared;
        }
        to_tell_.push_back(std::move(row));
        if (!was_equal) tell();
    }

    // The ledger, and then the progress: what it says is stored.
    void tell() {
        if (!to_tell_.empty()) {
            std::vector<Batch> batches;
            batches.emplace_back(ledger_);
            for (const LedgerRow& row : to_tell_) append(batches.back(), row);
            load(batches, {});
            to_tell_.clear();
        }
        recorder_.set_progress(totals_.json());
        told_ = shop_.clock.now();
    }

    void load(std::span<const Batch> batches, const Decoded& decoded) {
        Load load;
        load.batches = batches;
        load.rejects = decoded.rejects;
        load.rechecks = decoded.rechecks;
        load.stream = plan_.stream;
        load.holder = holder_;
        load.now = shop_.clock.now();
        for (const TableStats& stats : destination_->load(load, stop_)) count(stats);
    }

    void count(const TableStats& stats) {
        auto sum = std::ranges::find(summary_.tables, stats.table, &TableStats::table);
        if (sum == summary_.tables.end()) {
            summary_.tables.push_back({stats.table});
            sum = summary_.tables.end() - 1;
        }
        sum->read += stats.read;
        sum->inserted += stats.inserted;
        sum->updated += stats.updated;
        sum->unchanged += stats.unchanged;
        sum->rejected += stats.rejected;
        sum->erased += stats.erased;
        recorder_.loaded(summary_);
    }

    bool is_over_budget() const {
        const auto made = task_.run.counters.requests + plan_.comparison->requests();
        return plan_.max_requests > 0 && made >= plan_.max_requests && totals_.days < plan_.parts;
    }

    void stop_at_budget(Outcome& outcome) {
        tell();
        outcome.ending.state = RunState::done;
        outcome.ending.message = fmt::format(
            "{}; stopped after {} requests, as the job says: its next run goes on at {}",
            totals_.words(), plan_.max_requests, totals_.position);
        outcome.ending.hint = hint();
    }

    std::string hint() const {
        if (totals_.refused > 0) {
            return fmt::format(
                "More than {} % of the rows are not at the source. See ringtail_reconciliation "
                "whether that can be; then consent with --remove-extra (the job's setting "
                "remove_extra).",
                100 / kRemovedPart);
        }
        if (totals_.marked > 0)
            return "Marked rows are removed by a run that still misses them an hour later.";
        return "";
    }

    void release() noexcept {
        try {
            destination_->streams().release(plan_.stream, holder_);
        } catch (const std::exception& error) {
            shop_.log.warning(
                fmt::format("{}: the lease runs out by itself: {}", plan_.stream, error.what()));
        }
    }

    static const Column& column_of(const Table& table, const std::string& name) {
        return *std::ranges::find(table.columns, name, &Column::name);
    }

    const Workshop& shop_;
    const Account& account_;
    const Task& task_;
    Recorder& recorder_;
    const std::stop_token& stop_;
    const Instant started_;
    ComparisonPlan plan_;
    const std::unique_ptr<Destination> destination_;
    const std::string holder_ = this_holder();
    std::vector<Table> all_;  // the source's, as prepared
    Table reconciliation_, ledger_;
    ReconcileTotals totals_;
    std::map<std::string, std::optional<std::uint64_t>> rows_of_table_;
    std::vector<LedgerRow> to_tell_;
    Instant told_;
    RunSummary summary_;
};

}  // namespace

Outcome reconcile(const Workshop& shop, const Account& account, const Task& task,
                  const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop) {
    return Reconciler(shop, account, task, place, recorder, stop).go();
}

std::vector<PlannedPart> plan_reconcile(ComparisonPlan plan, Destination& destination,
                                        const std::stop_token& stop) {
    PartReader reader(plan, destination, plan.tables, "");
    std::vector<PlannedPart> parts;
    while (const auto facing = reader.next(stop)) {
        const Compared& compared = facing->compared;
        parts.push_back({plan.subjects.at(facing->part.subject).table.name, facing->part.day,
                         compared.there, compared.here, compared.open,
                         compared.count(Kind::missing), compared.count(Kind::changed),
                         compared.count(Kind::extra)});
    }
    return parts;
}

}  // namespace ringtail::jobs
