#pragma once
#include <map>
#include <span>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/postgres/plan.hpp"
#include "model/batch.hpp"

namespace ringtail::postgres {

// Columns that could not be widened: (source table, source column) -> why.
using NotWidened = std::map<std::pair<std::string, std::string>, std::string>;

// Gives each column of the plan that is too narrow for a value of the batch a type that holds them
// all, in a transaction of its own. Where the database refuses, the column is noted in
// `not_widened`.
void widen(Connection& connection, const Plan& plan, const Batch& batch, NotWidened& not_widened,
           Logger& log);

}  // namespace ringtail::postgres
