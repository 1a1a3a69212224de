#pragma once
#include <string>

#include "model/load.hpp"

namespace ringtail::relational {

// The key of a reject: its parts may be too long for an index.
std::string digest(const Reject& reject);

}  // namespace ringtail::relational
