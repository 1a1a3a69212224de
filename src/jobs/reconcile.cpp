#include "jobs/reconcile.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/holder.hpp"
#include "jobs/held_stream.hpp"
#include "jobs/ledger.hpp"
#include "jobs/part_reader.hpp"
#include "jobs/reconcile_totals.hpp"
#include "jobs/repair.hpp"
#include "jobs/turns.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using control::RunState;
using Kind = Difference::Kind;

// Others of the source wait no longer than this and the part under way.
constexpr auto kSlice = 400ms;
// Days that are equal go into the ledger together.
constexpr auto kTellEvery = 2s;
constexpr std::uint64_t kFewRequests = 20;

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
        totals_.days_in_all = plan_.days;
        prepare();
        HeldStream lease(*destination_, plan_.stream, holder_, shop_.log);
        Outcome outcome;
        compare_all(lease, outcome);
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

    void compare_all(HeldStream& lease, Outcome& outcome) {
        PartReader reader(plan_, *destination_, all_, totals_.position);
        Repair repair({*destination_, plan_, all_, reconciliation_, account_.record.name,
                       task_.run.number, holder_, shop_.clock,
                       [this](const TableStats& stats) { count(stats); }});
        told_ = shop_.clock.now();
        while (true) {
            lease.renew();
            const auto doubt = [&](const Facing& found) {
                auto keys = repair.due(found, reader, totals_.removed);
                keys.resize(std::min(keys.size(), requests_left()));
                return keys;
            };
            auto facing = reader.next(doubt, stop_);
            if (!facing) break;
            take(*facing, reader, repair);
            if (facing->part.day != day_) ++totals_.days;
            day_ = facing->part.day;
            totals_.position = facing->part.after;
            if (shop_.clock.now() - told_ >= kTellEvery) tell(repair);
            if (facing->part.in_hand) continue;
            if (is_over_budget()) return stop_at_budget(repair, outcome);
            if (shop_.clock.now() - started_ >= kSlice && others_wait(shop_, task_)) {
                tell(repair);
                outcome.ending.state = RunState::queued;
                return;
            }
        }
        totals_.position.clear();
        tell(repair);
        outcome.ending.state = RunState::done;
        outcome.ending.message = totals_.words();
        outcome.ending.hint = hint();
    }

    void take(Facing& facing, PartReader& reader, Repair& repair) {
        const Subject& subject = plan_.subjects.at(facing.part.subject);
        totals_.note(subject, facing.compared);
        const bool was_equal = facing.compared.is_equal();
        const Compared found = facing.compared;
        if (!was_equal) {
            repair.load_again(facing, stop_);
            reader.read_here(facing, stop_);
        }
        const auto extra = repair.settle_extra(facing, found, reader, totals_.removed, stop_);
        totals_.marked += extra.marked;
        totals_.removed += extra.removed;
        totals_.refused += extra.refused;
        const std::uint64_t left =
            facing.compared.differences.size() - facing.compared.count(Kind::again);
        totals_.left += left;
        note_in_ledger(facing, reader, subject, was_equal);
        if (!was_equal) tell(repair);
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
    }

    // The ledger, and then the progress: what it says is stored.
    void tell(Repair& repair) {
        if (!to_tell_.empty()) {
            std::vector<Batch> batches;
            batches.emplace_back(ledger_);
            for (const LedgerRow& row : to_tell_) append(batches.back(), row);
            repair.load(batches, stop_);
            to_tell_.clear();
        }
        recorder_.set_progress(totals_.json());
        told_ = shop_.clock.now();
    }

    // Rows of the source's tables; what is written down about them is none.
    void count(const TableStats& stats) {
        if (stats.table == ledger_.name || stats.table == reconciliation_.name) return;
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

    std::uint64_t requests_made() const {
        return task_.run.counters.requests + plan_.comparison->requests();
    }

    // For rows that are asked for one by one. A few may be where the budget is spent: else there
    // would be days whose rows are never asked for.
    std::size_t requests_left() const {
        if (plan_.max_requests == 0 || !plan_.doubts_cost)
            return std::numeric_limits<std::size_t>::max();
        const std::uint64_t made = requests_made();
        return std::max(kFewRequests, plan_.max_requests - std::min(plan_.max_requests, made));
    }

    bool is_over_budget() const {
        return plan_.max_requests > 0 && requests_made() >= plan_.max_requests &&
               totals_.days < plan_.days && !totals_.position.empty();
    }

    void stop_at_budget(Repair& repair, Outcome& outcome) {
        tell(repair);
        outcome.ending.state = RunState::done;
        outcome.ending.message = fmt::format(
            "{}; stopped after {} requests, as the job says: its next run goes on at {}",
            totals_.words(), plan_.max_requests, totals_.position);
        outcome.ending.hint = hint();
    }

    std::string hint() const {
        std::string hint;
        const auto say = [&](std::string_view more) {
            hint.append(hint.empty() ? "" : " ").append(more);
        };
        if (totals_.refused > 0) {
            say(fmt::format(
                "More than {} % of the rows are not at the source. See ringtail_reconciliation "
                "whether that can be; then consent with --remove-extra (the job's setting "
                "remove_extra).",
                kRemovedPercent));
        } else if (totals_.marked > 0) {
            say("Marked rows are removed by a run that still misses them an hour later.");
        }
        if (totals_.unstorable() > 0) {
            say("A column is too narrow, or of another type, for what the source has: "
                "ringtail_reconciliation has the rows (action \"cannot be stored\"), "
                "ringtail_rejects the columns and the values. Widen it, and reconcile again.");
        }
        return hint;
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
    std::vector<LedgerRow> to_tell_;
    Instant told_;
    std::string day_;  // of the last part
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
    const auto nothing = [](const Facing&) { return std::vector<std::string>(); };
    while (const auto facing = reader.next(nothing, stop)) {
        const Compared& compared = facing->compared;
        parts.push_back({plan.subjects.at(facing->part.subject).table.name, facing->part.day,
                         compared.there, compared.here, compared.open,
                         compared.count(Kind::missing), compared.count(Kind::changed),
                         compared.count(Kind::extra)});
    }
    return parts;
}

}  // namespace ringtail::jobs
