#pragma once
#include <string>

#include "destination/postgres/connection.hpp"
#include "destination/relational/plan.hpp"
#include "model/table.hpp"

namespace ringtail::postgres {

using relational::Field;

struct Plan : relational::Plan {
    std::string find_existing, copy_new, create_stage, copy_to_stage, update;  // statements
    bool is_binary = false;  // the format of both copies (copy_binary.hpp)
};

// Error(transient) when a table or column is missing: prepare() mends that. Error(config) when
// rights are.
Plan make_plan(Connection& connection, const Table& table);

}  // namespace ringtail::postgres
