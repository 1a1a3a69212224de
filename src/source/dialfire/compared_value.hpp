#pragma once
#include <optional>
#include <string>

#include "model/batch.hpp"
#include "model/table.hpp"

namespace ringtail::dialfire {

// A value of the source in the one form that databases are read back in.
struct ComparedValue {
    std::optional<std::string> value;
    // Where the value does not fit every column there is: what may be stored in its place. A
    // database may hold null for a value that it cannot take, or as a text what is no value of the
    // type.
    bool may_differ = false;
    std::optional<std::string> instead = {};
};

// Pure. `type` is that of the Column.
ComparedValue compared_value(Type type, const Cell& cell);

}  // namespace ringtail::dialfire
