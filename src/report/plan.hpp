#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/rule.hpp"

namespace ringtail::report {

// What a report makes of the source's rows, read and checked.
struct Plan {
    RowFilter filter = {};
    std::optional<Rule> rule = {};
    // Without a rule, the members of row_data: field and path; none: the row with all it has.
    std::vector<std::pair<std::string, Path>> fields = {};
    Path identity = {};         // what tells the source's rows apart: "id"
    std::string reports_table;  // "callkeeper_reports"
};

// The tables it fills, in the order of DayRows::batches().
std::vector<Table> make_tables(const Plan& plan);

}  // namespace ringtail::report
