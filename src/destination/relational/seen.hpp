#pragma once
#include <vector>

#include "destination/inspector.hpp"
#include "destination/relational/stored.hpp"

namespace ringtail::relational {

// Inspector::columns() of a table that is there.
std::vector<SeenColumn> seen_columns(const StoredTable& table);

}  // namespace ringtail::relational
