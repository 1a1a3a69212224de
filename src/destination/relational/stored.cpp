#include "destination/relational/stored.hpp"

#include <algorithm>

namespace ringtail::relational {

const StoredColumn* StoredTable::find(std::string_view column) const {
    const auto found = std::find_if(columns.begin(), columns.end(),
                                    [&](const StoredColumn& c) { return c.name == column; });
    return found == columns.end() ? nullptr : &*found;
}

bool StoredTable::has_key(std::vector<std::string> key) const {
    std::sort(key.begin(), key.end());
    return std::find(unique_keys.begin(), unique_keys.end(), key) != unique_keys.end();
}

bool StoredTable::has_index(const std::vector<std::string>& wanted) const {
    return std::any_of(indexes.begin(), indexes.end(), [&](const std::vector<std::string>& index) {
        return index.size() >= wanted.size() &&
               std::equal(wanted.begin(), wanted.end(), index.begin());
    });
}

}  // namespace ringtail::relational
