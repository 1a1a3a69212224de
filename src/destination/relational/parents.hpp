#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "destination/relational/plan.hpp"
#include "model/batch.hpp"

namespace ringtail::relational {

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

// The different values that the rows have in one cell, as the column writes them, but those.
std::vector<std::string> values_of(const Batch& batch, std::size_t cell,
                                   const sql::ColumnType& type,
                                   const std::unordered_set<std::string_view>& but = {});

}  // namespace ringtail::relational
