#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "destination/relational/columns.hpp"
#include "destination/relational/stored.hpp"
#include "model/table.hpp"
#include "sql/call_words.hpp"

namespace ringtail::relational {

// What a column is for, beyond its type: keys are indexed, and so are references and the columns of
// Table::unique and Table::indexes, which count as references.
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
    std::vector<std::vector<std::string>> indexes;  // also for columns that point at other tables
    std::vector<std::vector<std::string>> unique;
    std::vector<ForeignKey> foreign_keys;
};

// An index that a table does not have yet.
struct NewIndex {
    std::vector<std::string> columns;
    bool is_unique = false;
};

bool is_there(const StoredTable& stored, const NewIndex& index);

// What stands where a view is to be.
struct StoredView {
    bool is_view = false;    // otherwise a table or the like
    std::string definition;  // as the database keeps it; may be empty
};

// A view cannot be replaced, as other objects are built on it. Thrown by Schema::make_view().
struct ViewIsUsed {
    std::string why;
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
    // Returns it with its name, `shown`, `ours` and `keys_follow`. Values that have no column go to
    // Table::rest, so a table that would be too wide may be created without the last of its columns
    // that are not `needed`: they are then erased from `table.columns`.
    virtual StoredTable create_table(NewTable& table) = 0;
    // False when the table can have no further column, for want of room.
    virtual bool add_column(const StoredTable& table, const NewColumn& column) = 0;
    // Names of its own making where the database does not make them, bounded in length.
    virtual void add_index(const StoredTable& table, const NewIndex& index) = 0;
    virtual std::optional<StoredView> read_view(const sql::TableName& place) = 0;
    // Creates it, or replaces the view that is there. May throw ViewIsUsed.
    virtual void make_view(const sql::TableName& place, const std::string& select,
                           bool is_there) = 0;
    // The names of the views in this schema that begin so, in order.
    virtual std::vector<std::string> views_named(const std::string& schema,
                                                 std::string_view beginning) = 0;
    virtual std::unique_ptr<sql::CallWords> call_words() const = 0;
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

// An index that a table of an earlier version lacks.
struct LackingIndex {
    std::string table;  // Table::name
    NewIndex index;
};

// The foreign keys of a table with StoredTable::keys_follow, and its indexes but the primary key,
// whether or not they are there already.
struct LateKeys {
    std::string table;  // Table::name
    StoredTable stored;
    std::vector<NewIndex> indexes;
    std::vector<ForeignKey> keys;
    bool all = true;       // no table that it points at is missing among those that were prepared
    bool created = false;  // as Table::created
};

struct Prepared {
    std::vector<Table> tables;  // what Destination::prepare() returns
    std::vector<LackingIndex> lacking;
    std::vector<LateKeys> late_keys;
};

// Destination::prepare() without Ringtail's own tables. For the inside of whatever keeps other
// Ringtails' prepare() out.
Prepared prepare_tables(Schema& schema, std::span<const Table> tables,
                        const DestinationOptions& options, Logger& log);

// Runs its argument as Database::exclusively() does.
using Exclusively = std::function<void(const std::function<void()>&)>;

// Adds the indexes, each by itself; one that the rows or the rights do not allow is a line in the
// log.
void add_indexes(Schema& schema, std::span<const LackingIndex> lacking,
                 const Exclusively& exclusively, Logger& log);

// A table that is there: Error(config) where it cannot be filled (a view, no unique key, generated
// columns).
void check_fillable(const Table& table, const StoredTable& stored, const Names& names);

}  // namespace ringtail::relational
