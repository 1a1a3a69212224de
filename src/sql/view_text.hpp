#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "model/table.hpp"
#include "model/view.hpp"
#include "sql/names.hpp"

// Views (model/view.hpp) as texts of SQL. Pure.
namespace ringtail::sql {

// A table as the database has it.
struct ViewTable {
    const Table* table = nullptr;
    std::string shown;                 // its name, quoted
    std::vector<std::string> columns;  // the database's names, as Table::columns; empty: not there

    const std::string& column(const std::string& source_name) const;
};

// A view with the database's names, none of them quoted but `shown`.
struct ViewText {
    struct Join {
        std::string shown;
        std::string key;        // its column
        std::string on_column;  // the base's
    };
    struct Column {
        std::size_t table = 0;  // 0: the base; 1: the first of `joins` …
        std::string name;
        std::string caption;
    };
    std::string base;  // shown
    std::vector<Join> joins;
    std::vector<Column> columns;
};

// `find` is asked for the view's base and joined tables, which are some of `tables`. `captions` are
// the database's rules for the names of a view's columns. Error(bug) where the view names a table
// or a column that is not in `tables`.
ViewText resolve_view(const View& view, std::span<const Table> tables, const NameRules& captions,
                      const std::function<ViewTable(const Table&)>& find);

using Quote = std::function<std::string(std::string_view)>;

// "SELECT … FROM base AS ringtail_… LEFT JOIN …". The base's alias is view_mark().
std::string view_select(const ViewText& view, const Quote& quote);
// "ringtail_" and digits that are others for another definition: databases that keep a view's text
// in a form of their own keep this.
std::string view_mark(const ViewText& view);

// Error(config): a table has the view's name. `where` names the database.
Error name_is_taken(std::string_view where, std::string_view view);

}  // namespace ringtail::sql
