#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "destination/reading/rows_text.hpp"
#include "destination/relational/stored.hpp"

namespace ringtail::relational {

// The table as reading/ knows it. `quote` writes a column's name as SQL has it.
reading::TableThere there_of(const Table& table, const StoredTable& stored,
                             const sql::NameRules& rules,
                             const std::function<std::string(std::string_view)>& quote);

}  // namespace ringtail::relational
