#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "contract/subject.hpp"
#include "model/table.hpp"
#include "sql/names.hpp"

namespace ringtail::fault {

// Calls back with each true row of a table (without prefix) as a JSON object, as
// sim::Simulation::truth does.
using TruthRows =
    std::function<void(const std::string& table, const std::function<void(std::string_view)>& row)>;
using DumpTable = std::function<contract::Dump(const std::string& table)>;

struct Compare {
    TruthRows truth;
    DumpTable dump;
    std::vector<Table> tables;  // as the source describes them: names with prefix, types
    std::string prefix = "df_";
    sql::NameRules names;           // how this database names columns
    std::set<std::string> deleted;  // contacts deleted at the source: their rows may stay or lack
    // Fields that are texts and were numbers: rows from before show a number, not its digits.
    std::set<std::string> once_numbers = {};
};

// What is different between the tables and the truth, at most `most` lines; empty: every row and
// every value is there, or NULL with its reject, and nothing else.
std::vector<std::string> differences(const Compare& compare, std::size_t most = 20);

}  // namespace ringtail::fault
