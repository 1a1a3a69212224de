#pragma once
#include <string>
#include <vector>

#include "destination/postgres/catalog.hpp"
#include "model/table.hpp"

namespace ringtail::postgres {

// How a table of the source meets the table that is there: the database's name of each of
// Table::columns.
struct Names {
    std::vector<std::string> columns;  // as Table::columns; empty: only_if_present, and it is not
    const std::string& of(const Table& table, const std::string& source_name) const;
    std::vector<std::string> key(const Table& table) const;
};

// `stored` is nullptr where the table is still to be created.
Names map_columns(const Table& table, const StoredTable* stored);

}  // namespace ringtail::postgres
