#include "destination/memory/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "destination/memory/row_reader.hpp"
#include "model/int64_text.hpp"
#include "sql/rest.hpp"
#include "sql/value.hpp"

namespace ringtail {
namespace {

// The value as it is kept. Texts in JSON columns become JSON and booleans in text columns 1 or 0,
// as everywhere.
MemoryDatabase::Value value_of(const Cell& cell, Type type) {
    if (cell.kind == Cell::Kind::null || (cell.kind == Cell::Kind::text && cell.text.empty()))
        return std::nullopt;
    if (cell.kind == Cell::Kind::boolean && type == Type::text)
        return cell.text == "true" ? "1" : "0";
    return type == Type::json ? sql::raw_json(cell) : std::string(cell.text);
}

MemoryDatabase::Value value_in(const std::vector<MemoryDatabase::Value>& row, std::size_t place) {
    return place < row.size() ? row[place] : std::nullopt;
}

MemoryDatabase::Value& value_at(std::vector<MemoryDatabase::Value>& row, std::size_t place) {
    if (place >= row.size()) row.resize(place + 1);
    return row[place];
}

}  // namespace

class MemoryDestination final : public Destination, private StreamStore, private Retention {
  public:
    MemoryDestination(std::shared_ptr<MemoryDatabase> database, DestinationOptions options)
        : database_(std::move(database)), options_(options) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        const std::lock_guard lock(database_->mutex_);
        std::vector<Table> prepared;
        for (const Table& table : tables) prepared.push_back(extend(table));
        return prepared;
    }

    void create_views(std::span<const View> views) override {
        const std::lock_guard lock(database_->mutex_);
        for (const View& view : views) {
            if (database_->tables_.contains(view.name)) {
                throw Error(Fault::config, "there is a table " + view.name +
                                               ", but a view of that name is to be made")
                    .with_hint("Rename it, or use another prefix.");
            }
            if (!database_->tables_.contains(view.base)) {
                throw Error(Fault::bug, "the view " + view.name + " is of no table");
            }
        }
        for (const View& view : views) database_->views_.insert_or_assign(view.name, view);
    }

    // Whatever can fail is looked at first, so that a load that fails leaves nothing.
    LoadStats load(const Load& load, std::stop_token stop) override {
        const std::lock_guard lock(database_->mutex_);
        Stream& stream = held_stream(load);
        for (const Batch& batch : load.batches) {
            if (!database_->tables_.contains(batch.table().name)) {
                throw Error(Fault::data, "there is no table " + batch.table().name);
            }
        }
        if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the load");
        failpoint("stage_sent");
        renew(stream);
        lost_.clear();
        LoadStats stats;
        const auto undo = undo_for(load);
        for (const Batch& batch : load.batches) stats.push_back(merge(batch, load.now));
        if (undo) check_unique(load, *undo);
        for (const Forgotten& gone : load.forgotten) drop_rejects(gone.table, gone.keys);
        for (const Reject& reject : load.rejects) keep(reject);
        for (const Recheck& recheck : load.rechecks) {
            stream.rechecks.erase(recheck.key);
            if (recheck.step >= 0) stream.rechecks.emplace(recheck.key, recheck);
        }
        if (load.checkpoint != nullptr) stream.checkpoint = *load.checkpoint;
        return stats;
    }

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        const std::lock_guard lock(database_->mutex_);
        std::vector<std::optional<std::string>> found(keys.size());
        const auto stored = database_->tables_.find(table.name);
        if (stored == database_->tables_.end()) return found;
        const std::size_t place = stored->second.place_of(table.fingerprint);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto row = stored->second.rows.find(keys[i]);
            if (row != stored->second.rows.end())
                found[i] = value_in(row->second, place).value_or("");
        }
        return found;
    }

    StreamStore& streams() override { return *this; }
    Retention* retention() override { return this; }
    RowReader* rows() override { return &rows_; }

  private:
    std::uint64_t count(const OldRows& rows) override { return keys(rows, SIZE_MAX).size(); }

    std::vector<std::string> keys(const OldRows& rows, std::size_t most) override {
        const std::lock_guard lock(database_->mutex_);
        std::vector<std::string> found;
        const auto stored = database_->tables_.find(rows.table.name);
        if (stored == database_->tables_.end()) return found;
        const std::size_t age = stored->second.place_of(rows.column);
        for (const auto& [key, row] : stored->second.rows) {
            if (found.size() == most) break;
            const auto time = parse_time(value_in(row, age).value_or(""));
            if (!time || *time >= rows.before) continue;
            if (!rows.of_column.empty() &&
                value_in(row, stored->second.place_of(rows.of_column)) != std::to_string(rows.of))
                continue;
            const bool is_wanted = std::any_of(
                rows.unless.begin(), rows.unless.end(),
                [&, one = key](auto& child) { return !children_of(child, {one}).empty(); });
            if (!is_wanted) found.push_back(key);
        }
        return found;
    }

    std::vector<std::string> children(const OldRows::Child& child,
                                      std::span<const std::string> parents) override {
        const std::lock_guard lock(database_->mutex_);
        return children_of(child, {parents.begin(), parents.end()});
    }

    std::vector<std::string> children_of(const OldRows::Child& child,
                                         const std::set<std::string>& parents) const {
        std::vector<std::string> found;
        const auto stored = database_->tables_.find(child.table.name);
        if (stored == database_->tables_.end()) return found;
        const std::size_t place = stored->second.place_of(child.column);
        for (const auto& [key, row] : stored->second.rows) {
            const auto parent = value_in(row, place);
            if (parent && parents.contains(*parent)) found.push_back(key);
        }
        return found;
    }

    void forget_rejects(std::string_view table, std::span<const std::string> keys) override {
        const std::lock_guard lock(database_->mutex_);
        drop_rejects(table, keys);
    }

    void drop_rejects(std::string_view table, std::span<const std::string> keys) {
        const std::set<std::string> gone(keys.begin(), keys.end());
        std::erase_if(database_->rejects_, [&](const auto& entry) {
            return entry.second.table == table && gone.contains(entry.second.key);
        });
    }

    std::string give_back(std::span<const OldRows> /*rows*/, const std::function<bool()>& /*go_on*/,
                          const std::stop_token& /*stop*/) override {
        return {};
    }

    using Stream = MemoryDatabase::Stream;
    using Row = MemoryDatabase::Row;
    using StoredTable = MemoryDatabase::StoredTable;

    std::optional<Checkpoint> checkpoint(std::string_view stream) override {
        const std::lock_guard lock(database_->mutex_);
        const auto found = database_->streams_.find(std::string(stream));
        return found != database_->streams_.end() ? found->second.checkpoint : std::nullopt;
    }

    std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                  std::size_t limit) override {
        const std::lock_guard lock(database_->mutex_);
        std::vector<Recheck> due;
        const auto found = database_->streams_.find(std::string(stream));
        if (found == database_->streams_.end()) return due;
        for (const auto& [key, recheck] : found->second.rechecks) {
            if (recheck.due <= until) due.push_back(recheck);
        }
        std::stable_sort(due.begin(), due.end(),
                         [](const Recheck& a, const Recheck& b) { return a.due < b.due; });
        due.resize(std::min(due.size(), limit));
        return due;
    }

    void hold(std::string_view stream, std::string_view holder) override {
        const std::lock_guard lock(database_->mutex_);
        Stream& held = database_->streams_[std::string(stream)];
        const bool good = !held.holder.empty() && held.lease_until > SystemClock().now();
        if (good && held.holder != holder && !is_dead(held.holder))
            throw held_by(stream, held.holder);
        held.holder = holder;
        renew(held);
    }

    void release(std::string_view stream, std::string_view holder) override {
        const std::lock_guard lock(database_->mutex_);
        const auto found = database_->streams_.find(std::string(stream));
        if (found != database_->streams_.end() && found->second.holder == holder)
            found->second.holder.clear();
    }

    static void renew(Stream& stream) {
        stream.lease_until = SystemClock().now() + std::chrono::seconds(kLeaseSeconds);
    }

    static Error held_by(std::string_view stream, std::string_view holder) {
        return Error(Fault::config, fmt::format("the stream {} is being loaded by {}", stream,
                                                describe_holder(holder)))
            .with_hint("Stop that one first.");
    }

    Stream& held_stream(const Load& load) {
        Stream& stream = database_->streams_[std::string(load.stream)];
        if (stream.holder.empty()) {
            throw Error(
                Fault::transient,
                fmt::format("the stream {} is not held by this process any more", load.stream));
        }
        if (stream.holder != load.holder) throw held_by(load.stream, stream.holder);
        return stream;
    }

    Table extend(const Table& table) {
        StoredTable& stored = database_->tables_[table.name];
        const bool create = stored.columns.empty();
        if (create) stored.references = table.references;
        for (const auto& columns : table.unique) add_unique(stored, columns);
        Table fillable = table;
        fillable.created = create;
        fillable.columns.clear();
        for (const Column& column : table.columns) {
            const bool there = std::find(stored.columns.begin(), stored.columns.end(),
                                         column.name) != stored.columns.end();
            if (!there && column.only_if_present) continue;
            fillable.columns.push_back(column);
            if (there) continue;
            stored.columns.push_back(column.name);
            if (!create && !table.rest.empty()) backfill(stored, table.rest, column);
        }
        return fillable;
    }

    // Unless rows break it already.
    static void add_unique(StoredTable& stored, const std::vector<std::string>& columns) {
        const bool known =
            std::find(stored.unique.begin(), stored.unique.end(), columns) != stored.unique.end();
        if (!known && !is_broken(stored, columns)) stored.unique.push_back(columns);
    }

    // Whether two rows have the same values in these columns.
    static bool is_broken(const StoredTable& stored, const std::vector<std::string>& columns) {
        std::set<Row> seen;
        for (const auto& entry : stored.rows) {
            Row values;
            for (const std::string& column : columns)
                values.push_back(value_in(entry.second, stored.place_of(column)));
            const bool whole = std::all_of(values.begin(), values.end(),
                                           [](const auto& value) { return value.has_value(); });
            if (whole && !seen.insert(std::move(values)).second) return true;
        }
        return false;
    }

    struct Undo {
        std::map<std::string, StoredTable> tables;
        std::map<MemoryDatabase::RejectKey, Reject> rejects;
    };

    // Only where the load may break a secondary key, as it copies everything.
    std::optional<Undo> undo_for(const Load& load) const {
        for (const Batch& batch : load.batches) {
            if (!database_->tables_.at(batch.table().name).unique.empty())
                return Undo{database_->tables_, database_->rejects_};
        }
        return std::nullopt;
    }

    void check_unique(const Load& load, const Undo& undo) {
        for (const Batch& batch : load.batches) {
            const StoredTable& stored = database_->tables_.at(batch.table().name);
            for (const auto& columns : stored.unique) {
                if (!is_broken(stored, columns)) continue;
                const std::string names = fmt::format("{}", fmt::join(columns, ", "));
                database_->tables_ = undo.tables;
                database_->rejects_ = undo.rejects;
                throw Error(Fault::data, fmt::format("table {}: two rows have the same ({})",
                                                     batch.table().name, names))
                    .with_hint("Delete one of them, or use another prefix.");
            }
        }
    }

    // The values of a new column leave the rest column.
    static void backfill(StoredTable& stored, const std::string& rest, const Column& column) {
        for (auto& entry : stored.rows) {
            auto& row = entry.second;
            const auto text = value_in(row, stored.place_of(rest));
            auto members = text ? sql::split_object(*text) : std::nullopt;
            if (!members) continue;
            std::string decoded;
            const auto taken = std::erase_if(*members, [&](const sql::Member& member) {
                if (member.name != column.name) return false;
                value_at(row, stored.place_of(column.name)) =
                    value_of(sql::cell_of(member.value, decoded), column.type);
                return true;
            });
            if (taken == 0) continue;
            const std::string left = sql::join_object(*members);
            value_at(row, stored.place_of(rest)) =
                left.empty() ? std::nullopt : MemoryDatabase::Value(left);
        }
    }

    void keep(const Reject& reject) {
        database_->rejects_.try_emplace({reject.table, reject.key, reject.column, reject.raw},
                                        reject);
    }

    TableStats merge(const Batch& batch, Instant now) {
        const Table& table = batch.table();
        StoredTable& stored = database_->tables_.at(table.name);
        std::vector<std::size_t> places;
        for (const std::size_t column : batch.cell_columns()) {
            places.push_back(stored.place_of(table.columns[column].name));
        }
        TableStats stats{.table = table.name, .read = batch.rows()};
        for (const std::string& key : batch.erased()) stats.erased += erase(table.name, key);
        const std::vector<bool> last = batch.last_of_key();
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            if (!last[row]) continue;
            const std::string reason = why_rejected(batch, row);
            if (reason.empty()) {
                write(stored, places, batch, row, now, stats);
                continue;
            }
            lost_.emplace(table.name, batch.key_of(row));
            keep({table.name, batch.key_of(row), "", sql::row_json(batch, row), reason});
            ++stats.rejected;
        }
        return stats;
    }

    std::string why_rejected(const Batch& batch, std::size_t row) const {
        for (const std::size_t cell : batch.key_cells()) {
            const Cell key = batch.at(row, cell);
            if (key.text.empty()) return "the row has no key";
            const std::size_t column = batch.cell_columns()[cell];
            if (batch.table().columns[column].type == Type::int64 && !int64_in(key.text))
                return std::string(kNoWholeKey);
            if (key.kind == Cell::Kind::broken_text) return "the key holds half a surrogate pair";
        }
        for (const Reference& reference : batch.table().references) {
            const std::string key = text_of(batch, row, reference.column);
            if (!reference.enforced || key.empty()) continue;
            if (lost_.contains({reference.parent, key})) return "the row it points at was rejected";
            const auto parent = database_->tables_.find(reference.parent);
            if (!options_.foreign_keys || parent == database_->tables_.end()) continue;
            if (!parent->second.rows.contains(key)) return "the row it points at is not there";
        }
        return {};
    }

    static std::string text_of(const Batch& batch, std::size_t row, const std::string& column) {
        for (std::size_t i = 0; i < batch.width(); ++i) {
            if (batch.table().columns[batch.cell_columns()[i]].name == column)
                return std::string(batch.at(row, i).text);
        }
        return {};
    }

    static void write(StoredTable& stored, const std::vector<std::size_t>& places,
                      const Batch& batch, std::size_t row, Instant now, TableStats& stats) {
        const Table& table = batch.table();
        const auto [place, fresh] = stored.rows.try_emplace(batch.key_of(row));
        bool changed = fresh;
        for (std::size_t i = 0; i < batch.width(); ++i) {
            auto value = value_of(batch.at(row, i), table.columns[batch.cell_columns()[i]].type);
            if (value_in(place->second, places[i]) == value) continue;
            value_at(place->second, places[i]) = std::move(value);
            changed = true;
        }
        if (changed && !table.changed.empty()) {
            value_at(place->second, stored.place_of(table.changed)) = format_time(now);
        }
        ++(fresh ? stats.inserted : changed ? stats.updated : stats.unchanged);
    }

    // Erases the row and, by foreign keys, those that point at it.
    std::uint64_t erase(const std::string& table, const std::string& key) {
        if (database_->tables_.at(table).rows.erase(key) == 0) return 0;
        if (!options_.foreign_keys) return 1;
        for (auto& [name, child] : database_->tables_) {
            for (const Reference& reference : child.references) {
                if (!reference.enforced || reference.parent != table) continue;
                const std::size_t place = child.place_of(reference.column);
                std::vector<std::string> children;
                for (const auto& [child_key, row] : child.rows) {
                    if (value_in(row, place) == key) children.push_back(child_key);
                }
                for (const std::string& child_key : children) erase(name, child_key);
            }
        }
        return 1;
    }

    const std::shared_ptr<MemoryDatabase> database_;
    const DestinationOptions options_;
    MemoryRows rows_{database_};
    std::set<std::pair<std::string, std::string>>
        lost_;  // table and key of rows this load rejected
};

std::size_t MemoryDatabase::StoredTable::place_of(const std::string& column) const {
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), column) -
                                    columns.begin());
}

std::vector<std::string> MemoryDatabase::columns(const std::string& table) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    if (const auto view = views_.find(table); view != views_.end()) {
        for (const View::Column& column : view->second.columns) names.push_back(column.caption);
        return names;
    }
    const auto found = tables_.find(table);
    return found != tables_.end() ? found->second.columns : names;
}

std::vector<std::vector<MemoryDatabase::Value>> MemoryDatabase::rows(
    const std::string& table) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::vector<Value>> rows;
    if (const auto view = views_.find(table); view != views_.end()) return rows_of(view->second);
    const auto found = tables_.find(table);
    if (found == tables_.end()) return rows;
    for (const auto& [key, row] : found->second.rows) {
        rows.push_back(row);
        rows.back().resize(found->second.columns.size());
    }
    return rows;
}

std::vector<MemoryDatabase::Row> MemoryDatabase::rows_of(const View& view) const {
    std::vector<Row> rows;
    const StoredTable& base = tables_.at(view.base);
    for (const auto& entry : base.rows) {
        std::map<std::string, const Row*> shown{{view.base, &entry.second}};
        for (const View::Join& join : view.joins) {
            const StoredTable& other = tables_.at(join.table);
            const auto found =
                other.rows.find(value_in(entry.second, base.place_of(join.on_column)).value_or(""));
            if (found != other.rows.end()) shown.emplace(join.table, &found->second);
        }
        Row& row = rows.emplace_back();
        for (const View::Column& column : view.columns) {
            const auto from = shown.find(column.table);
            row.push_back(
                from == shown.end()
                    ? std::nullopt
                    : value_in(*from->second, tables_.at(column.table).place_of(column.column)));
        }
    }
    return rows;
}

std::vector<Reject> MemoryDatabase::rejects() const {
    const std::lock_guard lock(mutex_);
    std::vector<Reject> rejects;
    for (const auto& [key, reject] : rejects_) rejects.push_back(reject);
    return rejects;
}

void MemoryDatabase::add_column(const std::string& table, const std::string& column) {
    const std::lock_guard lock(mutex_);
    tables_.at(table).columns.push_back(column);
}

void MemoryDatabase::expire_lease(const std::string& stream) {
    const std::lock_guard lock(mutex_);
    streams_.at(stream).lease_until = Instant{};
}

std::unique_ptr<Destination> make_memory(std::shared_ptr<MemoryDatabase> database,
                                         DestinationOptions options) {
    return std::make_unique<MemoryDestination>(std::move(database), options);
}

}  // namespace ringtail
