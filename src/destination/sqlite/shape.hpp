#pragma once
#include <optional>
#include <string>
#include <vector>

#include "destination/sqlite/column.hpp"
#include "model/table.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// A table as it stands in the file.
struct Shape {
    struct Declared {
        std::string name;
        std::string type;
        bool generated = false;
    };
    std::string name;  // in the case the file has it
    bool strict = false;
    bool has_rowid = true;
    std::vector<Declared> columns;  // empty: there is no such table

    bool exists() const { return !columns.empty(); }
};

Shape read_shape(sqlite::Connection& db, const std::string& table);

// For each of table.columns its name in the file; a name that the shape lacks is the one to create.
std::vector<std::string> names_in(const Shape& shape, const Table& table);

// For each of table.columns the column there, or nothing.
std::vector<std::optional<StoredColumn>> columns_in(const Shape& shape, const Table& table);

// Place of the column called `name` among table.columns. Error(bug) when there is none.
std::size_t place_of(const Table& table, const std::string& name);

}  // namespace ringtail
