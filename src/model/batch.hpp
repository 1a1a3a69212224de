#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"

namespace ringtail {

// One value as the source delivered it, before it is fitted to a column (sql/value.hpp).
struct Cell {
    enum class Kind : std::uint8_t {
        null,         // null, or the key was absent
        boolean,      // text is "true" or "false"
        number,       // text is the JSON number, digit for digit
        text,         // text is valid UTF-8; may hold U+0000
        json,         // text is an object or array, minified, otherwise as delivered
        broken_text,  // a string that is no Unicode text (lone surrogate); text is its raw JSON,
                      // with the quotes
    };
    Kind kind = Kind::null;
    std::string_view text;
};

// Rows of one Table, appended cell by cell in the order of Table::columns (without Table::changed,
// which destinations fill). Text lives in one arena, so a batch costs few allocations. Move-only.
// Not for several threads at once.
class Batch {
  public:
    // `table` is kept by pointer and must outlive the batch.
    explicit Batch(const Table& table);
    Batch(Batch&&) = default;
    Batch& operator=(Batch&&) = default;
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

    const Table& table() const { return *table_; }
    // How many cells a row has: Table::columns less Table::changed.
    std::size_t width() const { return width_; }
    // Indexes into Table::columns of the cells, in cell order.
    const std::vector<std::size_t>& cell_columns() const { return cell_columns_; }
    // Positions of the key columns among the cells.
    const std::vector<std::size_t>& key_cells() const { return key_cells_; }

    void add(Cell cell);
    // Replaces cell `index` of the row being built; cells before it must have been added.
    void set(std::size_t index, Cell cell);
    // Adds nulls up to the width, so that cells can be set in any order.
    void add_null_row();
    void end_row();       // the row being built is complete; its cells number width()
    void rollback_row();  // forgets the row being built

    std::size_t rows() const { return rows_; }
    Cell at(std::size_t row, std::size_t cell) const {
        const Stored& stored = cells_[row * width_ + cell];
        return {stored.kind, {arena_.data() + stored.offset, stored.length}};
    }
    // The row's key as one text; the parts of a longer key are joined by U+001F.
    std::string key_of(std::size_t row) const;
    std::size_t bytes() const { return arena_.size() + cells_.size() * sizeof(Stored); }

    // The row with this (single-column) key, as Table::key writes it, is to be deleted by the load,
    // before its rows are merged; rows with it that were appended before this call are no longer to
    // be merged.
    void erase(std::string_view key) {
        erased_.emplace_back(key);
        erased_at_.push_back(rows_);
    }
    const std::vector<std::string>& erased() const { return erased_; }

    // For each row whether it is to be merged: the last one with its key in this batch, and not
    // erased after it was appended.
    std::vector<bool> last_of_key() const;

  private:
    struct Stored {
        std::uint32_t offset;
        std::uint32_t length;
        Cell::Kind kind;
    };
    Stored store(Cell cell);

    const Table* table_;
    std::size_t width_;
    std::vector<std::size_t> cell_columns_;
    std::vector<std::size_t> key_cells_;
    std::string arena_;
    std::vector<Stored> cells_;
    std::size_t rows_ = 0;
    std::vector<std::string> erased_;
    std::vector<std::size_t> erased_at_;  // how many rows there were then
};

}  // namespace ringtail
