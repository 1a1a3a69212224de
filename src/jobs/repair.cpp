#include "jobs/repair.hpp"

#include <algorithm>
#include <set>

#include "base/failpoint.hpp"
#include "base/time_text.hpp"
#include "jobs/eraser.hpp"
#include "jobs/ledger.hpp"

namespace ringtail::jobs {
namespace {

using namespace std::chrono_literals;
using Kind = Difference::Kind;

// A row must be missed twice, this far apart.
constexpr auto kMissedFor = 1h;
constexpr std::size_t kErasedAtOnce = 1'000;

bool is_due(const Difference& difference, Instant now) {
    return difference.kind == Kind::extra && difference.missing_since &&
           now - *difference.missing_since >= kMissedFor;
}

// The source has been asked for it by itself, or has it once and it is stored twice.
bool is_surely_extra(const Facing& facing, const std::string& key) {
    return facing.absent.contains(key) ||
           std::ranges::binary_search(facing.part.rows, key, {}, &SourceRow::key);
}

// The key and the mark alone: the row's other columns stay as they are.
Table marks_of(const Table& table) {
    Table marks;
    marks.name = table.name;
    marks.key = table.key;
    marks.columns = {*std::ranges::find(table.columns, table.key.front(), &Column::name),
                     {std::string(kMissingSince), Type::timestamp}};
    return marks;
}

}  // namespace

void Repair::load_again(Facing& facing, const std::stop_token& stop) {
    std::vector<Batch>& batches = facing.again.decoded.batches;
    Batch records(shop_.reconciliation);
    for (const Difference& difference : facing.compared.differences) {
        if (difference.kind == Kind::changed) replace_row(batches, subject_of(facing), difference);
        if (difference.kind == Kind::changed || difference.kind == Kind::missing)
            record(records, facing, difference, "loaded");
    }
    batches.push_back(std::move(records));
    failpoint("reconcile_loading");
    load(batches, facing.again.decoded, Trust::none, stop);
    facing.again = {};
    failpoint("reconcile_loaded");
}

// A row that is stored under another key of ours than the source's row has makes room for it.
void Repair::replace_row(std::vector<Batch>& batches, const Subject& subject,
                         const Difference& difference) {
    const bool is_elsewhere = std::ranges::any_of(
        difference.values,
        [&](std::size_t field) { return subject.fields.at(field) == subject.table.key.front(); },
        &Difference::Value::field);
    if (!is_elsewhere) return;
    const std::vector<std::string> old{difference.row};
    for (Batch& batch : batches) {
        const Table& table = batch.table();
        for (const Reference& reference : table.references) {
            if (!reference.enforced || reference.parent != subject.table.name) continue;
            std::set<std::string> written;  // these take the place of their own rows
            for (std::size_t row = 0; row < batch.rows(); ++row) written.insert(batch.key_of(row));
            const auto children =
                retention_of(shop_.destination).children({table, reference.column}, old);
            for (const std::string& child : children)
                if (!written.contains(child)) batch.erase(child);
        }
        if (table.name == subject.table.name) batch.erase(difference.row);
    }
}

std::vector<std::string> Repair::due(const Facing& facing, PartReader& reader,
                                     std::uint64_t removed_before) {
    std::vector<std::string> keys;
    for (const Difference& difference : facing.compared.differences)
        if (is_due(difference, shop_.clock.now())) keys.push_back(difference.key);
    if (!may_remove(keys.size(), reader, subject_of(facing), removed_before)) keys.clear();
    return keys;
}

Repair::Extra Repair::settle_extra(Facing& facing, const Compared& found, PartReader& reader,
                                   std::uint64_t removed_before, const std::stop_token& stop) {
    const Subject& subject = subject_of(facing);
    std::set<std::string_view> still;
    for (const Difference& difference : facing.compared.differences)
        if (difference.kind == Kind::extra) still.insert(difference.row);
    Batch records(shop_.reconciliation);
    // What was extra and is no more had been stored under a wrong day.
    for (const Difference& before : found.differences)
        if (before.kind == Kind::extra && !still.contains(before.row))
            record(records, facing, before, "loaded");

    // What is not as it was loaded: its column does not take it.
    for (const Difference& after : facing.compared.differences)
        if (after.kind == Kind::missing || after.kind == Kind::changed)
            record(records, facing, after, "cannot be stored");

    const Table marks = marks_of(subject.table);
    Batch marked(marks);
    const Instant now = shop_.clock.now();
    const std::string now_text = format_time(now);
    const auto mark = [&](const Difference& difference, Cell cell) {
        marked.add({Cell::Kind::text, difference.row});
        marked.add(cell);
        marked.end_row();
    };
    std::vector<const Difference*> due;
    for (const Difference& difference : facing.compared.differences) {
        if (difference.kind == Kind::again) {
            mark(difference, {});
            record(records, facing, difference, "unmarked");
        }
        if (difference.kind != Kind::extra) continue;
        if (!difference.missing_since) {
            mark(difference, {Cell::Kind::text, now_text});
            record(records, facing, difference, "marked");
        } else if (is_due(difference, now)) {
            due.push_back(&difference);
        }
    }
    const bool may = may_remove(due.size(), reader, subject, removed_before);
    std::vector<std::string> rows;
    for (const Difference* difference : due) {
        if (!may) {
            record(records, facing, *difference, "kept: too many");
        } else if (is_surely_extra(facing, difference->key)) {
            record(records, facing, *difference, "removed");
            rows.push_back(difference->row);
        }
    }
    std::vector<Batch> batches;
    if (marked.rows() > 0) batches.push_back(std::move(marked));
    if (records.rows() > 0) batches.push_back(std::move(records));
    if (!batches.empty()) load(batches, stop);

    Extra extra;
    extra.removed = rows.size();
    extra.refused = may ? 0 : due.size();
    extra.marked = still.size() - extra.removed - extra.refused;
    if (extra.removed == 0) return extra;
    Eraser(shop_.destination, shop_.tables, {shop_.plan.stream, shop_.holder, kErasedAtOnce},
           shop_.clock, shop_.told)
        .erase(subject.table.name, rows, stop);
    reader.read_here(facing, stop);
    return extra;
}

bool Repair::may_remove(std::uint64_t rows, PartReader& reader, const Subject& subject,
                        std::uint64_t removed_before) {
    if (rows == 0 || shop_.plan.remove_extra) return true;
    auto of_table = rows_of_.find(subject.name);
    if (of_table == rows_of_.end()) {
        const std::uint64_t all = reader.rows().count(subject.all) + removed_before;
        of_table = rows_of_.emplace(subject.name, all).first;
    }
    return (removed_before + rows) * 100 <= of_table->second * kRemovedPercent;
}

void Repair::record(Batch& records, const Facing& facing, const Difference& difference,
                    std::string_view action) const {
    const Subject& subject = subject_of(facing);
    ReconciliationRow row;
    row.source = shop_.source;
    row.stream = shop_.plan.stream;
    row.run = shop_.run;
    row.table = subject.table.name;
    row.day = facing.part.day;
    row.key = difference.key;
    row.row = difference.row;
    row.action = action;
    row.at = shop_.clock.now();
    if (difference.values.empty()) {
        if (difference.kind != Kind::missing) row.here = difference.key;
        if (difference.kind != Kind::extra) row.there = difference.key;
        append(records, row);
    }
    for (const auto& value : difference.values) {
        row.field = subject.fields.at(value.field);
        row.here = value.here;
        row.there = value.there;
        append(records, row);
    }
}

void Repair::load(std::span<const Batch> batches, const std::stop_token& stop) {
    load(batches, {}, Trust::whole, stop);
}

void Repair::load(std::span<const Batch> batches, const Decoded& decoded, Trust trust,
                  const std::stop_token& stop) {
    Load load;
    load.batches = batches;
    load.rejects = decoded.rejects;
    load.rechecks = decoded.rechecks;
    load.stream = shop_.plan.stream;
    load.holder = shop_.holder;
    load.now = shop_.clock.now();
    load.distrust = trust == Trust::none;
    for (const TableStats& stats : shop_.destination.load(load, stop)) shop_.told(stats);
}

}  // namespace ringtail::jobs
