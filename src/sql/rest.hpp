#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.hpp"

// Table::rest holds what has no column of its own, as one JSON object. When a column is added
// later, its values move out of there, digit for digit: nothing here goes through a number or
// re-encodes what stays.
namespace ringtail::sql {

struct Member {
    std::string name;        // decoded; a name that is no Unicode text stays raw, with its quotes
    std::string_view pair;   // "name":value, as it stands
    std::string_view value;  // the raw JSON value
};

// The members of the JSON object `text` in order; views point into `text`. Nothing when `text` is
// not one whole object.
std::optional<std::vector<Member>> split_object(std::string_view text);

// The object of these members, as they stand; empty when there are none (the column is then NULL).
std::string join_object(const std::vector<Member>& members);

// The cell a source would have delivered for a raw JSON value. Texts with escapes are decoded into
// `scratch`.
Cell cell_of(std::string_view raw, std::string& scratch);

// A row as one JSON object by column name, without its nulls: the raw text of a row that is
// rejected as a whole.
std::string row_json(const Batch& batch, std::size_t row);

}  // namespace ringtail::sql
