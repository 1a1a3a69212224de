#pragma once
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "destination/relational/columns.hpp"
#include "destination/relational/stored.hpp"
#include "model/table.hpp"

namespace ringtail::relational {

// One cell of a batch's rows and the column it goes to.
struct Field {
    StoredColumn column;  // its name is empty: the table has no such column and need not have it
    std::string source_name;
    bool is_key = false;
    bool is_whole_key = false;      // … of whole numbers (Table::key)
    std::string cannot_widen = {};  // why; empty: not tried
    // The widest type it can be given; nothing: one that holds all.
    std::optional<sql::ColumnType> widest = {};
};

// How rows of one source table get into the table that is there.
struct Plan {
    Table table;
    StoredTable stored;
    std::vector<Field> fields;            // in the order of Batch::cell_columns()
    std::optional<StoredColumn> changed;  // Table::changed
    std::string stage;                    // the stage table's name, not quoted
    std::uint64_t stage_session = 0;      // the connection that has the stage table

    const Field& field(const std::string& source_name) const;
    std::vector<StoredColumn> key() const;      // in the order of Table::key
    std::vector<StoredColumn> columns() const;  // of all fields that have one, in their order
    const std::string& shown_name() const { return stored.shown; }
};

// Error(transient) when a column is missing: prepare() mends that.
Plan make_plan(const Table& table, StoredTable stored, const sql::NameRules& rules);
// The same for a table that is not there.
[[noreturn]] void fail_without_table(const Table& table);

// Whether a plan made for one table serves the other too.
bool same_shape(const Table& a, const Table& b);

// Columns that could not be widened: (source table, source column) -> why.
using NotWidened = std::map<std::pair<std::string, std::string>, std::string>;

// The plans of one connection's loads, made when they are first needed. P is Plan, or derived from
// it.
template <typename P>
class Plans {
  public:
    using Make = std::function<P(const Table&)>;
    explicit Plans(Make make) : make_(std::move(make)) {}

    P& of(const Table& table) {
        const auto found = plans_.find(table.name);
        if (found != plans_.end() && same_shape(found->second.table, table)) return found->second;
        P plan = make_(table);
        for (Field& field : plan.fields) {
            const auto refusal = not_widened.find({table.name, field.source_name});
            if (refusal != not_widened.end()) field.cannot_widen = refusal->second;
        }
        return plans_.insert_or_assign(table.name, std::move(plan)).first->second;
    }
    bool empty() const { return plans_.empty(); }
    // The tables may have changed.
    void clear() { plans_.clear(); }

    NotWidened not_widened;

  private:
    Make make_;
    std::map<std::string, P, std::less<>> plans_;  // by Table::name
};

}  // namespace ringtail::relational
