#include "model/batch.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <limits>

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

std::string Batch::key_of(std::size_t row) const {
    std::string key;
    for (const std::size_t cell : key_cells_) {
        if (!key.empty()) key += '\x1f';
        key += at(row, cell).text;
    }
    return key;
}

// A table of slots with open addressing: a map's node for every row cost more than the rest of the
// loading did.
std::vector<bool> Batch::last_of_key() const {
    constexpr std::size_t kFree = std::numeric_limits<std::size_t>::max();
    const auto same_key = [&](std::size_t a, std::size_t b) {
        return std::all_of(key_cells_.begin(), key_cells_.end(),
                           [&](std::size_t cell) { return at(a, cell).text == at(b, cell).text; });
    };
    std::vector<bool> last(rows_, true);
    std::vector<std::size_t> slots(std::bit_ceil(rows_ * 2 + 1), kFree);
    for (std::size_t row = 0; row < rows_; ++row) {
        std::size_t hash = 0;
        for (const std::size_t cell : key_cells_) {
            hash = hash * 31 + std::hash<std::string_view>()(at(row, cell).text);
        }
        std::size_t slot = hash & (slots.size() - 1);
        while (slots[slot] != kFree && !same_key(slots[slot], row))
            slot = (slot + 1) & (slots.size() - 1);
        if (slots[slot] != kFree) last[slots[slot]] = false;
        slots[slot] = row;
    }
    for (std::size_t i = 0; i < erased_.size() && key_cells_.size() == 1; ++i) {
        const std::string_view key = erased_[i];
        std::size_t slot = std::hash<std::string_view>()(key) & (slots.size() - 1);
        while (slots[slot] != kFree && at(slots[slot], key_cells_.front()).text != key) {
            slot = (slot + 1) & (slots.size() - 1);
        }
        if (slots[slot] != kFree && slots[slot] < erased_at_[i]) last[slots[slot]] = false;
    }
    return last;
}

}  // namespace ringtail
