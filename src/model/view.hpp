#pragma once
#include <string>
#include <vector>

namespace ringtail {

// A view for people: the rows of one table, each with the rows of other tables it points at, under
// captions of their own. All names are the source's (Table::name, Column::name); the destination
// puts its own in their place. Data only.
struct View {
    std::string name;  // with its prefix, as a Table's
    std::string base;  // a Table::name; the view has one row for each of its rows

    // base.on_column = the key (of one column) of `table`; where there is no such row the view
    // shows NULL. Each table at most once.
    struct Join {
        std::string table;
        std::string on_column;
        friend bool operator==(const Join&, const Join&) = default;
    };
    std::vector<Join> joins;

    // A column of `base` or of a joined table; one that the table has no column for is left out.
    struct Column {
        std::string table;
        std::string column;
        // What the view calls it: any Unicode, as "Дата звонка". Where the database cannot have it
        // so (too long, doubled), cut at a character's border and made unique by a hash.
        std::string caption;
        friend bool operator==(const Column&, const Column&) = default;
    };
    std::vector<Column> columns;

    friend bool operator==(const View&, const View&) = default;
};

}  // namespace ringtail
