#include "destination/memory/row_reader.hpp"

#include <algorithm>

#include "base/time_text.hpp"
#include "destination/reading/canonical_row.hpp"

namespace ringtail {
namespace {

using Value = MemoryDatabase::Value;
// The row's value in a column; nothing where the table lacks that.
using Get = std::function<Value(const std::string& column)>;

bool is_wanted(const RowQuery& query, const Get& get) {
    const bool equals = std::all_of(
        query.equal.begin(), query.equal.end(),
        [&](const RowQuery::Equal& wanted) { return get(wanted.column) == wanted.value; });
    if (!equals) return false;
    const auto is_key = [key = get(query.table.key.front())](const std::string& wanted) {
        return key == wanted;
    };
    if (!query.keys.empty() && std::ranges::none_of(query.keys, is_key)) return false;
    if (query.times) {
        const auto time = parse_time(get(query.times->column).value_or(""));
        if (!time || *time < query.times->from || *time >= query.times->until) return false;
    }
    if (!query.texts) return true;
    const Value text = get(query.texts->column);
    return text && *text >= query.texts->from && *text <= query.texts->to;
}

}  // namespace

std::vector<MemoryRows::Row> MemoryRows::select(const RowQuery& query) const {
    const std::lock_guard lock(database_->mutex_);
    std::vector<Row> found;
    const auto stored = database_->tables_.find(query.table.name);
    if (stored == database_->tables_.end()) return found;
    const auto in = [](const MemoryDatabase::StoredTable& table, const Row& row) -> Get {
        return [&](const std::string& column) {
            const std::size_t place = table.place_of(column);
            return place < row.size() ? row[place] : std::nullopt;
        };
    };
    for (const auto& [key, row] : stored->second.rows) {
        const Get get = in(stored->second, row);
        if (!is_wanted(query, get)) continue;
        Row& values = found.emplace_back();
        for (const std::string& column : query.columns) values.push_back(get(column));
        if (!query.beside) continue;
        const auto width = values.size() + query.beside->columns.size();
        const auto other = database_->tables_.find(query.beside->table.name);
        if (other != database_->tables_.end()) {
            for (const auto& entry : other->second.rows) {
                const Get beside = in(other->second, entry.second);
                if (beside(query.beside->column) != key) continue;
                for (const std::string& column : query.beside->columns)
                    values.push_back(beside(column));
                break;
            }
        }
        values.resize(width);
    }
    return found;
}

void MemoryRows::read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) {
    reading::CanonicalRow row(query, sink, stop);
    for (const Row& values : select(query)) {
        for (const Value& value : values)
            row.add(value ? std::optional<std::string_view>(*value) : std::nullopt);
        row.end();
    }
}

std::uint64_t MemoryRows::count(const RowQuery& query) { return select(query).size(); }

}  // namespace ringtail
