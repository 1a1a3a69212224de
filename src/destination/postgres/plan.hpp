#pragma once
#include <optional>
#include <string>
#include <vector>

#include "destination/postgres/catalog.hpp"
#include "destination/postgres/connection.hpp"
#include "model/table.hpp"

namespace ringtail::postgres {

// One cell of a batch's rows and the column it goes to.
struct Field {
    StoredColumn column;  // its name is empty: the table has no such column and need not have it
    std::string source_name;
    bool is_key = false;
    std::string cannot_widen;  // why; empty: not tried
};

// How rows of one source table get into the table that is there.
struct Plan {
    Table table;
    StoredTable stored;
    std::vector<Field> fields;            // in the order of Batch::cell_columns()
    std::optional<StoredColumn> changed;  // Table::changed
    std::string stage;
    std::uint64_t stage_session = 0;  // the connection that has the stage table
    std::string find_existing, copy_new, create_stage, copy_to_stage, update;

    const Field& field(const std::string& source_name) const;

    std::string shown_name() const { return stored.name.quoted(); }
};

// Error(transient) when a table or column is missing: prepare() mends that. Error(config) when
// rights are.
Plan make_plan(Connection& connection, const Table& table);

// Whether a plan made for one table serves the other too.
bool same_shape(const Table& a, const Table& b);

}  // namespace ringtail::postgres
