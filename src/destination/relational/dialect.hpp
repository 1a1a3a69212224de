#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/reading/rows_text.hpp"
#include "destination/relational/prepare.hpp"
#include "destination/relational/stored.hpp"
#include "destination/relational/widen.hpp"

namespace ringtail::relational {

// Rows of a stage on their way into their table.
struct Merge {
    std::string table;  // both quoted
    std::string stage;
    std::vector<StoredColumn> columns;    // those of the stage
    std::vector<StoredColumn> key;        // some of them
    std::optional<StoredColumn> changed;  // gets the statement's only ?
};

// What the generic destination (relational.hpp) says to a server, as far as servers differ in it.
// Pure texts; names that come in are not quoted unless it says so.
class Dialect {
  public:
    virtual ~Dialect() = default;
    virtual std::string quote(std::string_view name) const = 0;
    // Whether whole numbers are compared exactly only with numbers, not with texts of their digits.
    virtual bool wants_numbers_bare() const { return false; }

    // How the column's type may be widened, from the nearest to the widest.
    virtual std::vector<Wider> wider_types(const StoredColumn& column, Use use) const = 0;
    // A type for a key that tells all texts apart, for one that does not; nothing: there is none.
    virtual std::optional<Wider> exact_type(const StoredColumn& /*column*/) const { return {}; }
    virtual std::string set_column_type(const StoredTable& table, const StoredColumn& column,
                                        const Wider& wider) const = 0;

    // A temporary table with these columns of `table`, in place of an older one, and its quoted
    // name. It outlives the transaction and is emptied by "DELETE FROM".
    virtual std::string stage_name(std::string_view stage) const = 0;
    virtual std::vector<std::string> create_stage(std::string_view stage, const StoredTable& table,
                                                  std::span<const StoredColumn> columns) const = 0;
    // Updates the rows that are in the stage too and differ there, to the last bit of any value.
    // Empty where there is nothing but the key.
    virtual std::string update_from_stage(const Merge& merge) const = 0;
    // Inserts the rows that are in the stage only. Not needed where Bulk has a way to the table.
    virtual std::string insert_from_stage(const Merge& /*merge*/) const { return {}; }

    // Creates ringtail_checkpoints, ringtail_rejects and ringtail_rechecks where they are missing
    // (own_tables.cpp says which columns they have).
    virtual std::vector<std::string> create_own_tables() const = 0;
    // Expressions: the server's clock in UTC; the same plus `seconds`; the whole seconds from now
    // until `time`, negative when it is over.
    virtual std::string now() const = 0;
    virtual std::string now_plus(int seconds) const = 0;
    virtual std::string seconds_until(std::string_view time) const = 0;
    // The comparison `is` (=, < and the like) of a column, here called `name`, with `value` as SQL
    // has it, byte by byte; where orders_texts_loosely(), < and > may take blanks at the end and
    // characters above U+FFFF for others.
    virtual std::string by_bytes(const std::string& name, const reading::Column& column,
                                 const std::string& is, const std::string& value) const = 0;
    virtual bool orders_texts_loosely() const { return false; }
    // The column's value, to be read.
    virtual std::string shown(const std::string& name, const reading::Column& /*column*/) const {
        return name;
    }
    // A time as a parameter that is compared with a column of this type.
    virtual std::string sent_time(std::string text, const sql::ColumnType& /*type*/) const {
        return text;
    }
    // ORDER BY …: at most `rows` of them.
    virtual std::string limit(std::size_t rows) const = 0;
};

}  // namespace ringtail::relational
