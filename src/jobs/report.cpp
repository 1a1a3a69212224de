#include "jobs/report.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "jobs/held_stream.hpp"
#include "jobs/turns.hpp"
#include "json/document.hpp"
#include "report/day_rows.hpp"

namespace ringtail::jobs {
namespace {

using Days = std::chrono::days;
using Day = std::chrono::local_days;

constexpr unsigned kLastDays = 3;  // as what a source says of a call still changes for a while

RowReader& reader_of(Destination& destination) {
    if (RowReader* const rows = destination.rows()) return *rows;
    throw Error(Fault::config, "this destination cannot be read, so no report can be kept in it")
        .with_hint("Give the source a database as its destination.");
}

std::uint64_t number_in(const JsonDocument& document, std::string_view name) {
    const JsonValue value = document.root().find(name);
    return value.is(JsonValue::Kind::number) ? std::stoull(std::string(value.raw())) : 0;
}

class Reporter {
  public:
    Reporter(const Workshop& shop, const Account& account, const Task& task,
             const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop)
        : shop_(shop),
          task_(task),
          recorder_(recorder),
          stop_(stop),
          reporting_(shop.kind(account.record.kind).reporting(account, task.job.settings)),
          stream_(fmt::format("{}/report/{}", reporting_.stream, task.job.number)),
          destination_(place.factory()),
          rows_(reader_of(*destination_)) {}

    Outcome go() {
        recorder_.attach([reader = reporting_.reader] { return reader->requests(); });
        choose_days();
        tables_ = destination_->prepare(report::make_tables(reporting_.plan));
        for (const Table& table : tables_) summary_.tables.push_back({table.name});
        HeldStream lease(*destination_, stream_, holder_, shop_.log);
        Outcome outcome;
        outcome.ending.state =
            replace_all(lease) ? control::RunState::done : control::RunState::queued;
        if (outcome.ending.state == control::RunState::done) end(outcome);
        return outcome;
    }

  private:
    // Goes on where an earlier taking of the run stopped: a day that began meanwhile is not its.
    void choose_days() {
        const Instant began = task_.run.started.value_or(shop_.clock.now());
        days_ = report_days(task_.job, task_.run.period, reporting_.zone, began);
        const auto floor = task_.floors.find(reporting_.floor);
        if (floor != task_.floors.end()) {
            const Day kept = reporting_.zone.day(floor->second);
            if (days_.first < kept) {
                note_ = fmt::format("; cut at {}, as older rows were deleted for their age",
                                    day_text(kept));
                days_.first = kept;
            }
        }
        next_ = days_.last;
        const JsonDocument document(task_.run.progress);
        const std::uint64_t done = number_in(document, "days_done");
        taken_ = number_in(document, "rows");
        same_keys_ = number_in(document, "same_keys");
        next_ -= Days(static_cast<std::int64_t>(done));
        tell_progress();
    }

    // False when more urgent work waits.
    bool replace_all(HeldStream& lease) {
        const Instant began = shop_.clock.now();
        for (bool first = true; next_ >= days_.first; first = false) {
            if (stop_.stop_requested()) throw Error(Fault::stopped, "stopped before the end");
            if (!first && shop_.clock.now() > began && others_wait(shop_, task_)) return false;
            replace(next_, lease);
            next_ -= Days(1);
            tell_progress();
        }
        return true;
    }

    void replace(Day day, HeldStream& lease) {
        auto source_rows = reporting_.reader->read(day, stop_);
        report::DayRows rows(reporting_.plan, tables_,
                             {reporting_.account_id, task_.job.number, day_text(day)});
        for (std::string& row : source_rows) {
            rows.add(row);
            std::string().swap(row);  // a day may be large
        }
        failpoint("report_day_read");
        lease.renew();  // reading a day may have taken long
        // What was rejected of the day is replaced with it.
        const std::vector<std::string> period{rows.period_key()};
        std::vector<Forgotten> forgotten;
        for (std::size_t i = 0; i < tables_.size(); ++i) {
            erase_others(i, day, rows);
            forgotten.push_back({tables_[i].name, period});
        }
        Load load;
        load.forgotten = forgotten;
        load.batches = rows.batches();
        load.rejects = rows.rejects();
        load.stream = stream_;
        load.holder = holder_;
        load.now = shop_.clock.now();
        const LoadStats stats = destination_->load(load, stop_);
        failpoint("report_day_stored");
        for (std::size_t i = 0; i < tables_.size(); ++i) {
            TableStats& sum = summary_.tables[i];
            sum.read += stats.at(i).read;
            sum.inserted += stats[i].inserted;
            sum.updated += stats[i].updated;
            sum.unchanged += stats[i].unchanged;
            sum.rejected += stats[i].rejected;
            sum.erased += stats[i].erased;
        }
        for (const Reject& reject : rows.rejects()) {
            const auto table = std::ranges::find(summary_.tables, reject.table, &TableStats::table);
            if (table != summary_.tables.end()) ++table->rejected;
        }
        ++summary_.loads;
        taken_ += rows.taken();
        same_keys_ += rows.same_keys();
        recorder_.loaded(summary_);
    }

    // Rows of the day that the source has no more.
    void erase_others(std::size_t index, Day day, report::DayRows& rows) {
        const Table& table = tables_[index];
        if (table.created) return;
        RowQuery query;
        query.table = table;
        query.columns = table.key;
        query.equal = {{"account_id", std::to_string(reporting_.account_id)},
                       {"processor_id", std::to_string(task_.job.number)},
                       {"simple_date", day_text(day)}};
        Batch& batch = rows.batches()[index];
        rows_.read(
            query,
            [&](std::span<const std::optional<std::string_view>> values) {
                if (!values[0]) return;
                const std::string key(*values[0]);
                if (!rows.has(index, key)) batch.erase(key);
            },
            stop_);
    }

    void tell_progress() {
        recorder_.set_progress(fmt::format(
            R"({{"days_done":{},"days":{},"rows":{},"same_keys":{},"next_day":{}}})",
            (days_.last - next_).count(), (days_.last - days_.first).count() + 1, taken_,
            same_keys_, next_ < days_.first ? "null" : fmt::format("\"{}\"", day_text(next_))));
    }

    void end(Outcome& outcome) {
        std::string& words = outcome.ending.message;
        const auto count = std::max<std::int64_t>(0, (days_.last - days_.first).count() + 1);
        words =
            fmt::format("{} to {}: {} {} replaced, {} rows of the source", day_text(days_.first),
                        day_text(days_.last), count, count == 1 ? "day" : "days", taken_);
        if (same_keys_ > 0)
            words += fmt::format("; {} rows gave way to a later one with the same key", same_keys_);
        words += note_;
        const auto rejected = recorder_.rejected();
        if (rejected == 0) return;
        words += rejected == 1 ? "; 1 value does not fit its column"
                               : fmt::format("; {} values do not fit their columns", rejected);
        outcome.ending.hint =
            "The values lie as they came in the table ringtail_rejects, with the reason; a row "
            "whose key is among them is not stored.";
    }

    const Workshop& shop_;
    const Task& task_;
    Recorder& recorder_;
    const std::stop_token& stop_;
    const Reporting reporting_;
    const std::string stream_;
    const std::unique_ptr<Destination> destination_;
    RowReader& rows_;
    const std::string holder_ = this_holder();
    ReportDays days_{};
    Day next_{};
    std::string note_;
    std::vector<Table> tables_;
    RunSummary summary_;
    std::uint64_t taken_ = 0, same_keys_ = 0;
};

// None where the job's settings are wrong by now: its own run says so.
std::vector<Table> tables_of(const SourceKind& kind, const control::SourceRecord& source,
                             const control::JobRecord& job) {
    try {
        return report::make_tables(kind.reporting({source, ""}, job.settings).plan);
    } catch (const Error&) {
        return {};
    }
}

void refuse_other_types(std::span<const Table> mine, std::span<const Table> theirs,
                        const std::string& who) {
    for (const Table& table : mine) {
        const auto same = std::ranges::find(theirs, table.name, &Table::name);
        if (same == theirs.end()) continue;
        for (const Column& column : table.columns) {
            const auto other = std::ranges::find(same->columns, column.name, &Column::name);
            if (other == same->columns.end() || other->type == column.type) continue;
            throw Error(Fault::config,
                        fmt::format("rule: table {}: job {} fills its column {} with {}, not {}",
                                    table.name, who, column.name, report::name_of(other->type),
                                    report::name_of(column.type)))
                .with_hint(
                    "Give the table or the column another name, or the same type in both rules.");
        }
    }
}

}  // namespace

Outcome report(const Workshop& shop, const Account& account, const Task& task,
               const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop) {
    return Reporter(shop, account, task, place, recorder, stop).go();
}

std::string day_text(Day day) {
    return format_day(Instant(std::chrono::sys_days(day.time_since_epoch())));
}

ReportDays report_days(const control::JobRecord& job, const control::Period& period,
                       const Zone& zone, Instant now) {
    const Day today = zone.day(now);
    const Day last =
        period.to ? std::min(zone.day(*period.to - std::chrono::microseconds(1)), today) : today;
    if (period.from) return {zone.day(*period.from), last};
    return {last - Days(job.last_days.value_or(kLastDays) - 1), last};
}

void check_shared_tables(const control::JobRecord& job, const Reporting& reporting,
                         control::Store& store, const std::vector<const SourceKind*>& kinds) {
    if (!reporting.plan.rule) return;
    const auto own = store.sources().find(job.source);
    if (!own) return;
    const auto tables = report::make_tables(reporting.plan);
    for (const control::SourceRecord& source : store.sources().list()) {
        if (source.destination != own->destination) continue;
        const auto kind = std::ranges::find(kinds, source.kind, &SourceKind::kind);
        if (kind == kinds.end()) continue;
        for (const control::JobRecord& other : store.jobs().list(source.number)) {
            if (other.kind != control::JobKind::report || other.number == job.number) continue;
            refuse_other_types(tables, tables_of(**kind, source, other),
                               source.name + "/" + other.name);
        }
    }
}

}  // namespace ringtail::jobs
