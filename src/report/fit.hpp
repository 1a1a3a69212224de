#pragma once
#include <string>
#include <string_view>

#include "model/batch.hpp"
#include "model/table.hpp"

namespace ringtail::report {

// The cell in the one form of a column's type: whole numbers without zeros in front, times as
// format_time() writes them. False where it is no such value; `reason` says why. Texts and JSON
// are left to the destination, which alone knows what it can hold. `scratch` must live as long as
// the cell.
bool fit(Cell& cell, Type type, std::string& scratch, std::string_view& reason);

}  // namespace ringtail::report
