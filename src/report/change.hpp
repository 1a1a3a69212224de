#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/table.hpp"

namespace ringtail::report {

// What another rule does to tables, in words. Nothing is ever dropped: what is no longer named
// stays as it is, and only somebody's own SQL takes it away.
struct Change {
    std::vector<std::string> words;  // one thing each
    bool takes_away = false;  // something is no longer filled, or not as it was meant to be, or
                              // goes into a table that is somebody else's
    std::string not_looked;   // why the tables that are there are not known; "": they are
};

// A column as it stands in the database.
struct ColumnThere {
    std::string name;
    std::string type;      // as SQL has it: "character varying(50)"
    bool is_text = false;  // holds any text
};
using TablesThere = std::map<std::string, std::vector<ColumnThere>>;  // no columns: no such table

// `before`: the tables of the rule that is to be replaced. `there`: those of both as they stand;
// null: that is not known, and only the rules are compared.
Change change_between(std::span<const Table> before, std::span<const Table> after,
                      const TablesThere* there = nullptr);

}  // namespace ringtail::report
