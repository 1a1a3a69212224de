#pragma once
#include <string>
#include <vector>

#include "destination/relational/stored.hpp"
#include "model/table.hpp"
#include "sql/names.hpp"

namespace ringtail::relational {

// How a table of the source meets the table that is there: the database's name of each of
// Table::columns.
struct Names {
    std::vector<std::string> columns;  // as Table::columns; empty: the table is filled without it
    const std::string& of(const Table& table, const std::string& source_name) const;
    std::vector<std::string> key(const Table& table) const;
};

// `stored` is nullptr where the table is still to be created.
Names map_columns(const Table& table, const StoredTable* stored, const sql::NameRules& rules);

}  // namespace ringtail::relational
