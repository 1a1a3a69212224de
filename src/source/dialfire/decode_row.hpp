#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.hpp"
#include "model/batch.hpp"
#include "source/dialfire/decode_layout.hpp"

namespace ringtail::dialfire {

// One JSON object sorted into the slots of a layout; of a key given twice the last value counts.
// Document and layout must outlive it.
class Row {
  public:
    Row(JsonValue object, const Layout& layout);

    JsonValue at(std::uint32_t slot) const { return values_[slot]; }
    void put(std::uint32_t slot, JsonValue value) { values_[slot] = value; }

    // Appends the cells to `batch`, the last of them Table::rest where there is one; the row is not
    // ended yet.
    void begin(Batch& batch) const;
    // Overwrites the cell of a slot in the row begun; nothing where the slot has no column.
    void set(Batch& batch, std::uint32_t slot, Cell cell) const;

  private:
    Cell rest(std::string& text) const;

    const Layout& layout_;
    std::vector<JsonValue> values_;
    std::vector<JsonValue::Members::Member> rest_;  // in delivered order
};

}  // namespace ringtail::dialfire
