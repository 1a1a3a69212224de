#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/postgres/plan.hpp"
#include "model/batch.hpp"

namespace ringtail::postgres {

using Keys = std::set<std::string, std::less<>>;

// The keys of rows of this load that could not be stored, by source table: their child rows cannot
// be stored either.
using LostKeys = std::map<std::string, Keys, std::less<>>;

// Rows whose `cell` has one of these keys point at a row of `table` that is not there.
struct MissingParents {
    std::size_t cell = 0;
    std::string table;
    Keys keys;
};

std::vector<MissingParents> lost_parents(const Plan& plan, const LostKeys& lost);

// Asks the database, for each foreign key of the table. Only needed once a foreign key was
// violated.
std::vector<MissingParents> missing_parents(Connection& connection, const Plan& plan,
                                            const Batch& batch);

}  // namespace ringtail::postgres
