#include "destination/relational/there.hpp"

#include "destination/relational/columns.hpp"

namespace ringtail::relational {

reading::TableThere there_of(const Table& table, const StoredTable& stored,
                             const sql::NameRules& rules,
                             const std::function<std::string(std::string_view)>& quote) {
    reading::TableThere there{stored.shown, {}};
    const Names names = map_columns(table, &stored, rules);
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        const StoredColumn* const column =
            names.columns[i].empty() ? nullptr : stored.find(names.columns[i]);
        if (column == nullptr) {
            there.columns.emplace_back(std::nullopt);
        } else {
            there.columns.push_back(reading::Column{
                quote(column->name), column->type, table.columns[i].type, column->compare_as_text});
        }
    }
    return there;
}

}  // namespace ringtail::relational
