#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace ringtail {

// What a column holds where Ringtail creates it; a column that exists keeps the database's own
// type.
enum class Type : std::uint8_t { boolean, int64, decimal, text, timestamp, json };

struct Column {
    std::string
        name;  // the source's name, verbatim; a destination may have to store it under another one
    Type type = Type::text;
    // Filled where the table already has it, never created (custom fields beyond the limit, $$
    // mirror fields).
    bool only_if_present = false;
};

// Rows of `column` point at rows of `parent` by its key; deleted with them where foreign keys are
// on.
struct Reference {
    std::string column;
    std::string parent;    // a Table::name
    bool enforced = true;  // false: an index only
};

struct Table {
    std::string name;                   // with its prefix
    std::vector<Column> columns;        // includes the key; the key columns are text
    std::vector<std::string> key;       // never empty
    std::vector<Reference> references;  // parents stand before their children in any list of tables
    std::string fingerprint;  // column whose value tells "unchanged", as $md5; may be empty
    std::string changed;  // column set to the load's time when a value of the row changed; not in a
                          // Batch's cells: the destination fills it. May be empty. Stands in
                          // `columns` too, as its place matters
    std::string rest;  // the JSON column for what has no column of its own (_extra); may be empty
    bool created = false;  // of what Destination::prepare() returns: by that call, so it is empty
};

}  // namespace ringtail
