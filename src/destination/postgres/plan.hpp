#pragma once
#include <span>
#include <string>

#include "destination/postgres/connection.hpp"
#include "destination/relational/plan.hpp"
#include "model/table.hpp"

namespace ringtail::postgres {

using relational::Field;

struct Plan : relational::Plan {
    // Statements.
    std::string find_existing = {}, copy_new = {}, create_stage = {}, copy_to_stage = {},
                update = {};
    bool is_binary = false;  // the format of both copies (copy_binary.hpp)
};

// Error(transient) when a table or column is missing: prepare() mends that. Error(config) when
// rights are.
Plan make_plan(Connection& connection, const Table& table);

// Locks the tables as COPY does, until the transaction ends, and makes sure that their columns have
// the types they had when the plans were made: COPY would read the bytes for one type as another
// value of the next. SqlError(stale_plan) where one has not.
void hold_types(Connection& connection, std::span<const Plan* const> plans);

}  // namespace ringtail::postgres
