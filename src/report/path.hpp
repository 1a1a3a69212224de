#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.hpp"

namespace ringtail::report {

// One row of a report as its source delivered it and, in a table with `each`, one of the elements
// that it has there.
struct Row {
    JsonValue row;
    JsonValue element = {};
    std::size_t position = 0;  // of the element, from 1
    std::string part = {};     // the element's text, where the row's value is a text with commas
    bool is_part = false;      // … then `element` is absent
};

// Where a value stands: "visit_info.current.src" in the row, ".name" in the element, "." the
// element itself, "#" its position.
struct Path {
    enum class Of : std::uint8_t { row, element, position };
    Of of = Of::row;
    std::vector<std::string> names = {};  // from the outside in; none: the whole
};

// Nothing is wrong with any text; which paths there are the catalog says.
Path parse_path(std::string_view text);

// Absent where there is none. Not for positions and elements that are parts of a text.
JsonValue value_at(const Path& path, const Row& row);

}  // namespace ringtail::report
