#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::sql {

// How a database names columns.
struct NameRules {
    std::size_t max_bytes = 0;      // 0: no limit
    std::size_t max_chars = 0;      // the same in code points
    bool folds_case = false;        // names that differ only in the case of A-Z are one name
    bool folds_all_case = false;    // …, of Latin, Greek or Cyrillic letters
    bool only_plain_chars = false;  // no code points above U+FFFF, no blank at the end
    // Names are compared as texts of a language: all case, accents, ß as ss.
    bool folds_as_text = false;
    std::span<const std::string_view> reserved = {};  // names no column may have, in lower case
};

// The database's name of each source column, in order; all different, none empty, too long or with
// U+0000. `existing` are the columns the table has; one of them is preferred, in this order: the
// very name; the name with its hash (below); the name as older programs let the database cut it, or
// equal but for case, where no other wanted name means the same column. A name that cannot be used
// as it is becomes its front part, "_" and the first 8 digits of its md5. The same arguments give
// the same names.
std::vector<std::string> map_names(std::span<const std::string> wanted,
                                   std::span<const std::string> existing, const NameRules& rules);

// The form with the hash.
std::string hashed_name(std::string_view name, const NameRules& rules);

// "name", with quotes inside doubled. As PostgreSQL and SQLite read it.
std::string quote_identifier(std::string_view name);

struct TableName {
    std::string schema;
    std::string name;
    // "schema"."name", as quote_identifier() does.
    std::string quoted() const { return quote_identifier(schema) + "." + quote_identifier(name); }
};

}  // namespace ringtail::sql
