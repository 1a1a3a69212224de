#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "model/table.hpp"
#include "sql/value.hpp"

namespace ringtail::sql {

// A stored value, as its database shows it, in the one form that RowSink (row_reader.hpp) has for
// all databases. What is no value of that type stays as it is. Points into `stored` or `scratch`.
std::string_view source_text(Type type, std::string_view stored, std::string& scratch);

// What a time is compared with in a column that holds times.
struct TimeBound {
    std::string text;
    // The column is coarser than the time, and this is the last one before it that it tells apart:
    // its values are before the time where they are not after `text`.
    bool is_earlier = false;
};
// Nothing where the column holds no times, or none of that year. Texts are compared byte by byte.
std::optional<TimeBound> time_bound(Instant time, const ColumnType& type);

}  // namespace ringtail::sql
