#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "destination/relational/columns.hpp"
#include "destination/relational/stored.hpp"
#include "model/table.hpp"

namespace ringtail::relational {

// What a column is for, beyond its type: keys and references are indexed.
enum class Use : std::uint8_t { value, key, reference };

Use use_of(const Table& table, const std::string& column);

struct NewColumn {
    std::string name;
    Type type = Type::text;
    Use use = Use::value;
    bool needed = false;      // the table cannot be filled without it
    bool backfilled = false;  // backfill() will move values of the rest there
};

struct ForeignKey {
    std::string column;
    StoredTable parent;
    std::string parent_key;
};

// A table to be created with all that belongs to it.
struct NewTable {
    sql::TableName place;
    std::vector<NewColumn> columns;
    std::vector<std::string> key;
    std::vector<std::string> indexes;  // one per column that points at another table
    std::vector<ForeignKey> foreign_keys;
};

// How one database is given tables and columns. Each call is done when it returns, or when the
// transaction around prepare_tables() commits. Errors have hints: the GRANT that is missing.
class Schema {
  public:
    virtual ~Schema() = default;
    virtual const sql::NameRules& name_rules() const = 0;
    // Where the table is or will be.
    virtual sql::TableName place_of(std::string_view name) = 0;
    virtual std::optional<StoredTable> read_table(std::string_view name) = 0;
    // Returns it with its name, `shown` and `ours`. Values that have no column go to Table::rest,
    // so a table that would be too wide may be created without the last of its columns that are not
    // `needed`: they are then erased from `table.columns`.
    virtual StoredTable create_table(NewTable& table) = 0;
    // False when the table can have no further column, for want of room.
    virtual bool add_column(const StoredTable& table, const NewColumn& column) = 0;
    // Gives a column that was created with a type nobody can have meant, as the old client did, the
    // one it should have had. Whether it did.
    virtual bool mend_column(const StoredTable& /*table*/, const StoredColumn& /*column*/,
                             Use /*use*/) {
        return false;
    }
    // The columns `added` (indexes into Table::columns) were added to a table with rows: moves
    // their values there from the rest column. What does not fit becomes a reject. Returns how many
    // rows were changed.
    virtual std::size_t backfill(const Table& table, const StoredTable& stored, const Names& names,
                                 const std::vector<std::size_t>& added) = 0;
};

// Destination::prepare() without Ringtail's own tables. For the inside of whatever keeps other
// Ringtails' prepare() out.
std::vector<Table> prepare_tables(Schema& schema, std::span<const Table> tables,
                                  const DestinationOptions& options, Logger& log);

// A table that is there: Error(config) where it cannot be filled (a view, no unique key, generated
// columns).
void check_fillable(const Table& table, const StoredTable& stored, const Names& names);

}  // namespace ringtail::relational
