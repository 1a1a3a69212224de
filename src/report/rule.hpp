#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "model/batch.hpp"
#include "model/table.hpp"
#include "report/catalog.hpp"
#include "report/path.hpp"
#include "report/row_filter.hpp"

// How the rows of a report become rows of tables of the user's own (docs/reports.md):
//   {"tables":[{"name":"call_tags","each":"tags","key":["call_id","tag"],
//               "where":"status_code = 200",
//               "columns":[{"name":"call_id","path":"id","type":"int64"},
//                          {"name":"tag","path":".","type":"text","default":"none"},
//                          {"name":"source","const":"office","type":"text"}]}]}
namespace ringtail::report {

// A constant or default: a value that is known to fit its column. The text is the cell's.
struct Fixed {
    Cell::Kind kind = Cell::Kind::null;
    std::string text = {};
    Cell cell() const { return {kind, text}; }
};

struct RuleColumn {
    std::string name;
    Type type = Type::text;
    Path path = {};
    std::string path_text = {};          // "" of a constant
    std::optional<Fixed> constant = {};  // instead of the path
    Fixed otherwise = {};                // where there is no value; null: nothing
};

struct RuleTable {
    std::string name;
    std::vector<std::size_t> key;  // indexes into `columns`
    std::optional<Path> each = {};
    std::string each_text = {};
    RowFilter where = {};
    std::vector<RuleColumn> columns = {};
};

struct Rule {
    std::vector<RuleTable> tables;
};

// Columns that every table of a rule has, in front of its own.
inline constexpr std::size_t kOwnColumns = 4;
std::span<const Column, kOwnColumns> own_columns();  // _id, account_id, processor_id, simple_date

// Error(config) names the place (tables[1].columns[2].path), what is wrong there and what is
// allowed. `taken`: names of tables that are none of the user's.
Rule read_rule(std::string_view json, const Catalog& catalog, std::span<const std::string> taken,
               const Zone& zone);

std::string_view name_of(Type type);

}  // namespace ringtail::report
