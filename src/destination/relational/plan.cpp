#include "destination/relational/plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/md5.hpp"

namespace ringtail::relational {

Plan make_plan(const Table& table, StoredTable stored, const sql::NameRules& rules) {
    Plan plan;
    plan.table = table;
    plan.stored = std::move(stored);
    const Names names = map_columns(table, &plan.stored, rules);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const Column& column = table.columns[i];
        const StoredColumn* found =
            names.columns[i].empty() ? nullptr : plan.stored.find(names.columns[i]);
        if (found == nullptr && !column.only_if_present) {
            throw Error(Fault::transient,
                        fmt::format("table {} has no column {}", plan.shown_name(),
                                    sql::quote_identifier(names.columns[i])));
        }
        if (!table.changed.empty() && column.name == table.changed) {
            if (found != nullptr) plan.changed = *found;
            continue;
        }
        Field& field = plan.fields.emplace_back(
            Field{.column = found == nullptr ? StoredColumn{} : *found,
                  .source_name = column.name,
                  .is_key = std::count(table.key.begin(), table.key.end(), column.name) != 0,
                  .cannot_widen = found == nullptr ? "" : found->fixed});
        field.is_whole_key = field.is_key && column.type == Type::int64;
        if (column.type == Type::json && field.column.as_json)
            field.column.type = *field.column.as_json;
    }
    plan.stage = "ringtail_stage_" + md5_hex({table.name}).substr(0, 16);
    return plan;
}

void fail_without_table(const Table& table) {
    throw Error(Fault::transient, "table " + table.name + " is not there");
}

const Field& Plan::field(const std::string& source_name) const {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& f) { return f.source_name == source_name; });
    if (found == fields.end())
        throw Error(Fault::bug, "table " + table.name + " has no field " + source_name);
    return *found;
}

std::vector<StoredColumn> Plan::key() const {
    std::vector<StoredColumn> key;
    for (const std::string& part : table.key) key.push_back(field(part).column);
    return key;
}

std::vector<StoredColumn> Plan::columns() const {
    std::vector<StoredColumn> columns;
    for (const Field& field : fields) {
        if (!field.column.name.empty()) columns.push_back(field.column);
    }
    return columns;
}

bool same_shape(const Table& a, const Table& b) {
    return a.name == b.name && a.key == b.key && a.changed == b.changed &&
           std::equal(a.columns.begin(), a.columns.end(), b.columns.begin(), b.columns.end(),
                      [](const Column& l, const Column& r) {
                          return l.name == r.name && l.only_if_present == r.only_if_present;
                      });
}

}  // namespace ringtail::relational
