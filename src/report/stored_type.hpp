#pragma once
#include <cstdint>
#include <string_view>

#include "model/table.hpp"

namespace ringtail::report {

// Whether a column that stands in a database holds the values of a type.
enum class Fit : std::uint8_t { all, widens, not_all };

// `sql_type`: as any of the databases writes it: "bigint", "Nullable(Int64)", "datetime2(6)". One
// that is not known is taken to hold all.
Fit fit_of(Type wanted, std::string_view sql_type);

}  // namespace ringtail::report
