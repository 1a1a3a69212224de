#include "destination/sqlite/merge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "model/int64_text.hpp"
#include "sql/names.hpp"
#include "sql/rest.hpp"

namespace ringtail {
namespace {

using sql::quote_identifier;
using sqlite::Written;

// How many rows are written between two looks at the stop token: a few milliseconds.
constexpr std::size_t kRowsBetweenStops = 256;

int parameter_of(std::size_t cell) { return static_cast<int>(cell + 1); }

void append(std::string& list, std::string_view separator, const std::string& part) {
    if (!list.empty()) list += separator;
    list += part;
}

Error missing(const sqlite::Connection& db, const std::string& what) {
    // prepare() mends that.
    return {Fault::transient, fmt::format("SQLite database {}: there is no {}", db.path(), what)};
}

}  // namespace

struct Merge::Writing {
    const Batch& batch;
    std::vector<Reject>& rejects;
    LostKeys& lost;
    TableStats stats;
};

Merge::Merge(sqlite::Connection& db, const Table& table)
    : db_(db), shape_(read_shape(db, table.name)), table_(table) {
    table_.created = false;
    if (!shape_.exists()) throw missing(db, "table " + table.name);
    const auto columns = columns_in(shape_, table);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string& source = table.columns[i].name;
        if (!columns[i])
            throw missing(db, fmt::format("column {} in the table {}", source, table.name));
        if (!table.changed.empty() && source == table.changed) {
            changed_ = columns[i];
            continue;
        }
        const bool in_key =
            std::find(table.key.begin(), table.key.end(), source) != table.key.end();
        if (in_key) key_cells_.push_back(targets_.size());
        const auto reference =
            std::find_if(table.references.begin(), table.references.end(),
                         [&](const Reference& r) { return r.enforced && r.column == source; });
        if (reference != table.references.end()) {
            parents_.emplace_back(targets_.size(), reference->parent);
        }
        targets_.push_back({*columns[i], in_key, in_key && table.columns[i].type == Type::int64});
    }
    prepare_statements(table);
}

void Merge::prepare_statements(const Table& table) {
    std::string names, values, key, where, sets, old_values, new_values;
    const auto add = [&](const StoredColumn& column, std::size_t cell) {
        append(names, ", ", quote_identifier(column.name));
        append(values, ", ", fmt::format("?{}", parameter_of(cell)));
    };
    for (std::size_t cell = 0; cell < targets_.size(); ++cell) {
        const StoredColumn& column = targets_[cell].column;
        const std::string name = quote_identifier(column.name);
        if (column.generated) continue;
        add(column, cell);
        if (std::find(key_cells_.begin(), key_cells_.end(), cell) != key_cells_.end()) {
            append(key, ", ", name);
            append(where, " AND ", fmt::format("{} = ?{}", name, parameter_of(cell)));
        } else {
            append(sets, ", ", fmt::format("{0} = excluded.{0}", name));
            append(old_values, ", ", name);
            append(new_values, ", ", "excluded." + name);
        }
    }
    if (changed_ && changed_->generated) changed_.reset();
    if (changed_) {
        add(*changed_, targets_.size());
        append(sets, ", ", fmt::format("{0} = excluded.{0}", quote_identifier(changed_->name)));
    }
    const std::string quoted = quote_identifier(shape_.name);
    const std::string action =
        old_values.empty()
            ? "NOTHING"
            : fmt::format("UPDATE SET {} WHERE ({}) IS NOT ({})", sets, old_values, new_values);
    upsert_ = db_.prepare(fmt::format("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO {}",
                                      quoted, names, values, key, action),
                          "writing " + shape_.name);
    if (table.key.size() == 1) {
        const std::string name = quote_identifier(targets_[key_cells_.front()].column.name);
        erase_ = db_.prepare(fmt::format("DELETE FROM {} WHERE {} = ?1", quoted, name),
                             "erasing from " + shape_.name);
    }
    if (!shape_.has_rowid) {
        exists_ = db_.prepare(fmt::format("SELECT 1 FROM {} WHERE {}", quoted, where),
                              "reading " + shape_.name);
    }
}

bool Merge::is_for(const Table& table) const {
    if (!table.created) return table == table_;
    Table same = table;
    same.created = false;
    return same == table_;
}

TableStats Merge::write(const Batch& batch, Instant now, std::vector<Reject>& rejects,
                        LostKeys& lost, const std::stop_token& stop) {
    Writing writing{batch, rejects, lost, {.table = batch.table().name, .read = batch.rows()}};
    const std::string time = format_time(now);
    const Cell changed{Cell::Kind::text, time};
    db_.watch(shape_.name);
    erase(writing);
    if (changed_) bind_cell(*upsert_, parameter_of(targets_.size()), changed, *changed_, scratch_);
    const std::vector<bool> last = batch.last_of_key();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        if (row % kRowsBetweenStops == 0 && stop.stop_requested()) {
            throw Error(Fault::stopped, "stopped while writing " + shape_.name);
        }
        if (!last[row]) continue;
        write_row(writing, row);
    }
    upsert_->clear();  // holds views into the batch
    return writing.stats;
}

void Merge::erase(Writing& writing) {
    if (writing.batch.erased().empty()) return;
    if (!erase_) throw Error(Fault::bug, "rows of " + shape_.name + " cannot be erased by one key");
    for (const std::string& key : writing.batch.erased()) {
        if (!targets_[key_cells_.front()].whole_key) {
            erase_->bind(1, key);
        } else if (const auto number = int64_in(key)) {
            erase_->bind(1, *number);
        } else {
            continue;  // in no row
        }
        erase_->execute();
        writing.stats.erased += static_cast<std::uint64_t>(db_.changes());
    }
}

void Merge::write_row(Writing& writing, std::size_t row) {
    if (const auto reason = bind(writing, row)) return reject_row(writing, row, *reason);
    const bool was_there = exists_ && is_there(writing.batch, row);
    db_.written();  // forgets what erasing or a trigger did
    if (!upsert_->execute_unless_orphan()) {
        return reject_row(writing, row, "the row it points at is not there");
    }
    Written written = db_.written();
    if (exists_ && db_.changes() > 0) written = was_there ? Written::updated : Written::inserted;
    switch (written) {
        case Written::inserted:
            ++writing.stats.inserted;
            break;
        case Written::updated:
            ++writing.stats.updated;
            break;
        case Written::nothing:
        case Written::deleted:
            ++writing.stats.unchanged;
            break;
    }
}

std::optional<std::string> Merge::bind(Writing& writing, std::size_t row) {
    const Batch& batch = writing.batch;
    const std::size_t rejects_before = writing.rejects.size();
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        const Cell cell = batch.at(row, i);
        const Target& target = targets_[i];
        if (target.column.generated) continue;
        std::string_view why = bind_cell(*upsert_, parameter_of(i), cell, target.column, scratch_);
        if (target.whole_key && !cell.text.empty() && !int64_in(cell.text)) why = kNoWholeKey;
        if (why.empty()) continue;
        const std::string& name = batch.table().columns[batch.cell_columns()[i]].name;
        if (target.in_key) {
            writing.rejects.resize(rejects_before);
            return fmt::format("{}: {}", name, why);
        }
        writing.rejects.push_back(
            {batch.table().name, batch.key_of(row), name, sql::raw_json(cell), std::string(why)});
    }
    std::optional<std::string> reason;
    for (const std::size_t cell : key_cells_) {
        if (batch.at(row, cell).text.empty()) reason = "the row has no key";
    }
    for (const auto& [cell, parent] : parents_) {
        if (writing.lost.empty() || batch.at(row, cell).kind == Cell::Kind::null) continue;
        if (writing.lost.contains({parent, std::string(batch.at(row, cell).text)})) {
            reason = "the row it points at was rejected";
        }
    }
    if (reason)
        writing.rejects.resize(rejects_before);
    else
        writing.stats.rejected += writing.rejects.size() - rejects_before;
    return reason;
}

void Merge::reject_row(Writing& writing, std::size_t row, std::string reason) {
    const Batch& batch = writing.batch;
    const std::string key = batch.key_of(row);
    writing.lost.emplace(batch.table().name, key);
    writing.rejects.push_back(
        {batch.table().name, key, "", sql::row_json(batch, row), std::move(reason)});
    ++writing.stats.rejected;
}

bool Merge::is_there(const Batch& batch, std::size_t row) {
    for (const std::size_t cell : key_cells_) {
        bind_cell(*exists_, parameter_of(cell), batch.at(row, cell), targets_[cell].column,
                  scratch_);
    }
    const bool found = exists_->step();
    exists_->reset();
    return found;
}

}  // namespace ringtail
