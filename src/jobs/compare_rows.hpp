#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "jobs/comparison.hpp"

// What two sides of a comparison differ in. Pure.
namespace ringtail::jobs {

struct Difference {
    enum class Kind : std::uint8_t {
        missing,  // not stored
        changed,  // stored with other values
        extra,    // stored, and the source does not name it
        again,    // stored, marked as missing at the source, and the source names it: equal
    };
    // A value that differs; `field` is an index into Subject::fields.
    struct Value {
        std::size_t field;
        std::optional<std::string> here, there;
    };
    Kind kind = Kind::missing;
    std::string key;
    std::string row;                            // StoredRow::row; "": not stored
    std::optional<Instant> missing_since = {};  // of an extra one
    std::vector<Value> values = {};             // of a changed one
};

struct Compared {
    std::uint64_t there = 0, here = 0;    // rows that are compared
    std::string hash_there, hash_here;    // of their sorted keys and values
    std::uint64_t open = 0;               // not final, there or only here
    std::vector<Difference> differences;  // by key
    std::uint64_t count(Difference::Kind kind) const;
    // Whether the source has what is stored.
    bool is_equal() const { return there == here && hash_there == hash_here; }
};

// Sorts both. Rows that are stored more than once under a key: the others are extra. Rows whose
// keys are `beyond` are not compared, and where the source's row has no values only the key is.
Compared compare_rows(std::vector<SourceRow>& there, std::vector<StoredRow>& here,
                      std::vector<std::string>& beyond);

// Puts rows in the place of those with their keys; a key of `keys` without a row in `rows` goes.
void replace_rows(std::vector<SourceRow>& there, const std::vector<std::string>& keys,
                  std::vector<SourceRow> rows);

}  // namespace ringtail::jobs
