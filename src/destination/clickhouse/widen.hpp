#pragma once
#include <map>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "destination/clickhouse/plan.hpp"

namespace ringtail::clickhouse {

// Why columns cannot be widened, by table and source column.
using Refusals = std::map<std::pair<std::string, std::string>, std::string>;

// Gives columns (by cell) their new types and makes the view anew. What the server refuses is noted
// in `refusals`.
void widen(Server& server, const Plan& plan, const std::map<std::size_t, std::string>& types,
           Refusals& refusals, Logger& log);

}  // namespace ringtail::clickhouse
