#pragma once
#include "source/callkeeper/dimensions.hpp"
#include "source/callkeeper/row.hpp"

namespace ringtail::callkeeper {

// The row of a dimension that a call points at. `content` has its text (append_content()).
void make_dimension_row(TableId table, std::int64_t id, std::string_view content,
                        const CallView& call, Row& row);
// The row with id 1.
void make_stub_row(TableId table, Row& row);

}  // namespace ringtail::callkeeper
