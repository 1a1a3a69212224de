#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.hpp"
#include "model/table.hpp"

namespace ringtail::dialfire {

using Values = std::vector<std::optional<std::string>>;

// A row as the campaign has it.
struct ComparedRow {
    // A value that not every column can take: `instead` may be stored in its place.
    struct Loose {
        std::size_t field;
        std::optional<std::string> value, instead;
    };
    std::string key;
    std::string contact;  // whose it is; of an inbound call: ""
    Values values;        // in the order of RowForm::fields()
    std::vector<Loose> loose = {};
    bool open = false;  // its contact has a call that is not over
};

// How the rows of a table are compared: by all columns that the source fills, but the key.
class RowForm {
  public:
    // `table` as the comparison names it. Its columns that `prepared` lacks are null.
    RowForm(const Table& table, const Table& prepared);

    const std::vector<std::string>& fields() const { return fields_; }
    // Where the field is; fields().size() where there is none.
    std::size_t field(std::string_view name) const;
    // A row of a batch of `prepared`.
    ComparedRow row(const Batch& batch, std::size_t row) const;
    // One value as the source has it, null for columns that are not there.
    Cell cell(const Batch& batch, std::size_t row, std::string_view column) const;

  private:
    std::vector<std::string> fields_;
    struct Place {
        std::size_t cell;
        std::size_t field;
        Type type;
    };
    std::vector<Place> places_;
    std::vector<std::string> cells_;  // the names of a batch's cells
    std::size_t key_cell_ = 0;
};

// Of the columns of a table: those that are compared.
std::vector<std::string> compared_fields(const Table& table);

// A few characters that tell values apart.
std::string digest(const Values& values);

// Many rows in little room.
std::string packed(const Values& values);
Values unpacked(std::string_view packed);

}  // namespace ringtail::dialfire
