#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "destination/clickhouse/catalog.hpp"
#include "destination/clickhouse/column.hpp"
#include "model/table.hpp"

namespace ringtail::clickhouse {

// One cell of a batch and where it goes.
struct Target {
    std::string source_name;
    Type source = Type::text;
    StoredColumn column;
    std::uint64_t hash = 0;  // what its values are hashed with
    bool in_key = false;
    bool whole_key = false;    // … of whole numbers (Table::key)
    std::string cannot_widen;  // why; empty: not tried or done
};

// How the rows of one table are written.
struct Plan {
    Table table;  // as the batch has it
    sql::clickhouse::TableName name;
    std::vector<Target> targets;  // one per cell
    std::vector<std::size_t> key_cells;
    std::optional<std::size_t> month_cell;  // whose month is the row's partition
    std::optional<StoredColumn> changed;
    std::vector<std::pair<std::size_t, std::string>> parents;  // reference cell, parent table
    std::vector<std::string> others;  // columns that are not ours to fill, but that a row keeps

    bool is_for(const Table& other) const;
    std::vector<std::string> key_columns() const;
    std::vector<std::string> key_types() const;
    std::vector<std::string> columns() const;  // the cells', changed, the technical ones
    std::optional<std::size_t> cell_of(std::string_view source_name) const;
};

// Names of table.columns in the database; one that the shape lacks is the one to create.
std::vector<std::string> names_in(const Shape& shape, const Table& table);

// Names of the key's columns in the database.
std::vector<std::string> key_in(const Shape& shape, const Table& table);

// The column whose month a row's partition is: `fired`, else `started`.
std::optional<std::string> month_column(const Table& table);

// Error(transient) when the table or a column is missing, Error(config) when one cannot be filled.
Plan make_plan(Server& server, const Table& table);

}  // namespace ringtail::clickhouse
