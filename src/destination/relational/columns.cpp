#include "destination/relational/columns.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::relational {

const std::string& Names::of(const Table& table, const std::string& source_name) const {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name == source_name) return columns[i];
    }
    throw Error(Fault::bug, "table " + table.name + " has no column " + source_name);
}

std::vector<std::string> Names::key(const Table& table) const {
    std::vector<std::string> key;
    for (const std::string& part : table.key) key.push_back(of(table, part));
    return key;
}

Names map_columns(const Table& table, const StoredTable* stored, const sql::NameRules& rules) {
    std::vector<std::string> wanted, existing;
    for (const Column& column : table.columns) wanted.push_back(column.name);
    if (stored != nullptr) {
        for (const StoredColumn& column : stored->columns) existing.push_back(column.name);
    }
    Names names{sql::map_names(wanted, existing, rules)};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const bool there = stored != nullptr && stored->find(names.columns[i]) != nullptr;
        if (table.columns[i].only_if_present && !there) names.columns[i].clear();
    }
    return names;
}

}  // namespace ringtail::relational
