#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/cell.hpp"
#include "json/document.hpp"
#include "model/batch.hpp"

namespace ringtail::callkeeper {

// A row being made, its values in the order of make_tables()' columns. Reused from row to row.
class Row {
  public:
    void start(std::size_t width) {
        if (texts_.size() < width) texts_.resize(width);
        cells_.assign(width, {});
        at_ = 0;
    }
    void null() { ++at_; }
    // As it was delivered; absent: null.
    void value(JsonValue value) {
        cells_[at_] = cell_of(value, texts_[at_]);
        ++at_;
    }
    void text(std::string_view text) {
        texts_[at_] = text;
        set(Cell::Kind::text);
    }
    void json(std::string_view json) { cells_[at_++] = {Cell::Kind::json, json}; }  // outlives it
    void number(std::int64_t number) {
        texts_[at_].resize(24);
        char* const begin = texts_[at_].data();
        texts_[at_].resize(
            static_cast<std::size_t>(std::to_chars(begin, begin + 24, number).ptr - begin));
        set(Cell::Kind::number);
    }
    void boolean(bool is_true) {
        texts_[at_] = is_true ? "true" : "false";
        set(Cell::Kind::boolean);
    }
    // `columns`: for each cell of the batch, which value it gets (TablePlaces).
    void append_to(Batch& batch, const std::vector<std::size_t>& columns) const {
        for (const std::size_t column : columns)
            batch.add(column < cells_.size() ? cells_[column] : Cell());
        batch.end_row();
    }

  private:
    void set(Cell::Kind kind) {
        cells_[at_] = {kind, texts_[at_]};
        ++at_;
    }

    std::vector<Cell> cells_;
    std::vector<std::string> texts_;
    std::size_t at_ = 0;
};

}  // namespace ringtail::callkeeper
