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

    friend bool operator==(const Column&, const Column&) = default;
};

// Rows of `column` point at rows of `parent` by its key; deleted with them where foreign keys are
// on.
struct Reference {
    std::string column;
    std::string parent;    // a Table::name
    bool enforced = true;  // false: an index only

    friend bool operator==(const Reference&, const Reference&) = default;
};

struct Table {
    std::string name;             // with its prefix
    std::vector<Column> columns;  // includes the key; the key columns are text or int64
    // Never empty. A key of type int64 is written everywhere (cells, Batch::erase(),
    // fingerprints(), Reject::key) as std::to_string() does; a row with anything else in such a key
    // is a reject.
    std::vector<std::string> key;
    std::vector<Reference> references;  // parents stand before their children in any list of tables
    // Column whose value tells "unchanged", as $md5; may be empty. Of a text or json column that
    // Ringtail created, the stored text is read back byte for byte.
    std::string fingerprint;
    std::string changed;  // column set to the load's time when a value of the row changed; not in a
                          // Batch's cells: the destination fills it. May be empty. Stands in
                          // `columns` too, as its place matters
    std::string rest;  // the JSON column for what has no column of its own (_extra); may be empty
    // Secondary keys: no two rows have the same values there (rows with a null among them apart). A
    // load with a row that breaks one fails as Error(data). ClickHouse cannot keep them.
    std::vector<std::vector<std::string>> unique = {};
    // Columns that people look rows up by. Those of `references` need not be named again.
    std::vector<std::vector<std::string>> indexes = {};
    bool created = false;  // of what Destination::prepare() returns: by that call, so it is empty

    friend bool operator==(const Table&, const Table&) = default;
};

}  // namespace ringtail
