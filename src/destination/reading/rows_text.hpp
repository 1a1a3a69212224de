#pragma once
#include <optional>
#include <string>
#include <vector>

#include "destination/retention.hpp"
#include "destination/row_reader.hpp"
#include "sql/value.hpp"

// The statements that stored rows are read and counted by, as far as databases have them in common.
namespace ringtail::reading {

struct Column {
    std::string name;  // as SQL has it
    sql::ColumnType type;
    Type source = Type::text;
    // Its type has no equality, or one that overlooks differences.
    bool compare_as_text = false;
};

// A table as it stands in the database.
struct TableThere {
    std::string name;                            // as SQL has it
    std::vector<std::optional<Column>> columns;  // as Table::columns; nothing: it lacks that one
};
// Nothing where there is no such column; Error(bug) where `table` does not say it has one.
const Column* find(const TableThere& there, const Table& table, const std::string& column);

// How one kind of database says it.
class Words {
  public:
    virtual ~Words() = default;
    // Nothing: there is no such table.
    virtual std::optional<TableThere> table(const Table& table) = 0;
    // `text`, to be compared with the column: a literal, or a parameter that is kept for the
    // statement, in the order of the calls.
    virtual std::string value(const Column& column, std::string text) = 0;
    // The comparison `is` of the column, here called `name`, with the text, byte by byte.
    virtual std::string by_bytes(const std::string& name, const Column& column,
                                 const std::string& is, std::string text) = 0;
    // The column's value, to be read.
    virtual std::string shown(const std::string& name, const Column& /*column*/) { return name; }
    // A join with one, if any, of the table's rows whose column `by` is `key`; it is called b. The
    // row is found by its own key, so that its columns are of one row.
    virtual std::string beside(const std::string& table, const std::string& its_key,
                               const std::string& by, const std::string& key);
};

// Nothing: there is no such table, and so no row.
std::optional<std::string> select(const RowQuery& query, Words& words);
std::optional<std::string> count(const RowQuery& query, Words& words);

// What stands behind WHERE, all conditions but Beside; never empty. `table` stands before the
// columns' names: "t." where the table is called so.
std::string conditions(const RowQuery& query, const TableThere& there, Words& words,
                       const std::string& table);

// Old rows: "FROM … WHERE …", where the table is called t, and its key.
struct Old {
    Column key;
    std::string from;
    // " ORDER BY …", the oldest first, where an index of Ringtail's has them in this order: rows
    // that were just deleted are then not met again by every look-up. "": there is none.
    std::string order;
};
std::optional<Old> find_old(const OldRows& rows, Words& words);
// The rows that are that old, by their keys; without OldRows::unless.
RowQuery query_of(const OldRows& rows);

}  // namespace ringtail::reading
