#pragma once
#include <cstddef>
#include <vector>

#include "destination/relational/plan.hpp"
#include "model/batch.hpp"

namespace ringtail::relational {

// Puts rows of a table whose key is one whole number into the key's order; others stay as they are.
// Two loads that bring the same rows then wait for each other instead of for each other's end, and
// keys that are hashes come to an index's pages one after the other.
void into_key_order(const Plan& plan, const Batch& batch, std::vector<std::size_t>& rows);

}  // namespace ringtail::relational
