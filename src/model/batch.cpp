#include "model/batch.hpp"

#include <algorithm>
#include <functional>
#include <limits>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"

namespace ringtail {

Batch::Batch(const Table& table) : table_(&table) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (!table.changed.empty() && table.columns[i].name == table.changed) continue;
        cell_columns_.push_back(i);
    }
    width_ = cell_columns_.size();
    for (const std::string& key : table.key) {
        const auto found =
            std::find_if(cell_columns_.begin(), cell_columns_.end(),
                         [&](std::size_t i) { return table.columns[i].name == key; });
        if (found == cell_columns_.end()) {
            throw Error(Fault::bug, "table " + table.name + " has no key column " + key);
        }
        key_cells_.push_back(static_cast<std::size_t>(found - cell_columns_.begin()));
    }
    if (key_cells_.empty()) throw Error(Fault::bug, "table " + table.name + " has no key");
}

Batch::Stored Batch::store(Cell cell) {
    constexpr std::size_t kLimit = std::numeric_limits<std::uint32_t>::max();
    if (cell.text.size() > kLimit - arena_.size()) {
        throw Error(Fault::data, "more than 4 GB of text in one batch of " + table_->name);
    }
    const Stored stored{static_cast<std::uint32_t>(arena_.size()),
                        static_cast<std::uint32_t>(cell.text.size()), cell.kind};
    arena_.append(cell.text);
    return stored;
}

void Batch::add(Cell cell) { cells_.push_back(store(cell)); }

void Batch::set(std::size_t index, Cell cell) { cells_.at(rows_ * width_ + index) = store(cell); }

void Batch::add_null_row() { cells_.resize((rows_ + 1) * width_, Stored{0, 0, Cell::Kind::null}); }

void Batch::end_row() {
    if (cells_.size() != (rows_ + 1) * width_) {
        throw Error(Fault::bug, "a row of " + table_->name + " has the wrong number of cells");
    }
    ++rows_;
}

void Batch::rollback_row() { cells_.resize(rows_ * width_); }

Cell Batch::at(std::size_t row, std::size_t cell) const {
    const Stored& stored = cells_[row * width_ + cell];
    return {stored.kind, std::string_view(arena_).substr(stored.offset, stored.length)};
}

std::string Batch::key_of(std::size_t row) const {
    std::string key;
    for (const std::size_t cell : key_cells_) {
        if (!key.empty()) key += '\x1f';
        key += at(row, cell).text;
    }
    return key;
}

std::vector<bool> Batch::last_of_key() const {
    std::vector<bool> last(rows_, true);
    if (key_cells_.size() == 1) {  // the usual case, without building texts
        std::unordered_map<std::string_view, std::size_t> seen;
        seen.reserve(rows_);
        for (std::size_t row = 0; row < rows_; ++row) {
            const auto [place, fresh] = seen.try_emplace(at(row, key_cells_.front()).text, row);
            if (!fresh) last[std::exchange(place->second, row)] = false;
        }
        return last;
    }
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t row = 0; row < rows_; ++row) {
        const auto [place, fresh] = seen.try_emplace(key_of(row), row);
        if (!fresh) last[std::exchange(place->second, row)] = false;
    }
    return last;
}

}  // namespace ringtail
