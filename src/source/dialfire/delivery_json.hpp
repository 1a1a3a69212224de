#pragma once
#include <string>
#include <string_view>

#include "json/document.hpp"

namespace ringtail::dialfire {

// Appends `value` as the old client's webhook wrote it (facts/dialfire.md D.1), which is Go's
// encoding/json: keys sorted by their bytes at every level, no blanks, numbers digit for digit,
// text as UTF-8 with <, >, &, U+2028, U+2029 and control characters escaped. Of a key given twice
// the last value counts. A lone surrogate stays the escape it came as. `left_out`: a member of the
// outermost object that is not written.
void append_delivery_json(JsonValue value, std::string& out, std::string_view left_out = {});

}  // namespace ringtail::dialfire
