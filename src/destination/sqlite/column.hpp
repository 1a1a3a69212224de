#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "model/table.hpp"
#include "sql/value.hpp"
#include "sqlite/statement.hpp"

namespace ringtail {

// What SQLite may do to a value on its way into a column (sqlite.org/datatype3.html, 3.1).
enum class Affinity : std::uint8_t { none, text, integer, real, numeric };

// A column that is there.
struct StoredColumn {
    std::string name;
    Affinity affinity = Affinity::none;
    sql::ColumnType type;     // how values are fitted
    bool whole_only = false;  // an INTEGER column that takes no fraction (a STRICT table)
    bool generated = false;   // computed by the database: never filled
};

// The type a new column is declared with; empty for none.
std::string_view declared_type(Type type);

// A column declared as `declared`, for values of `wanted` type: where the declaration leaves it
// open, the wanted type counts.
StoredColumn stored_column(std::string name, std::string_view declared, Type wanted, bool strict);

// Fits the cell and binds it so that SQLite stores it unchanged; NULL where it does not fit, and
// the reason (a static text) is returned then; empty when it fits. The cell's text must live until
// the statement has run. `scratch` is overwritten.
std::string_view bind_cell(sqlite::Statement& statement, int parameter, const Cell& cell,
                           const StoredColumn& column, std::string& scratch);

}  // namespace ringtail
