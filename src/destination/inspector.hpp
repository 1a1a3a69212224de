#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace ringtail {

// Looks at a destination without changing it: before a first load and for `ringtail check`. One
// object is one connection of one thread; every call blocks. Errors as Destination's.
class Inspector {
  public:
    virtual ~Inspector() = default;

    // Connects and says what is there: "PostgreSQL 15.4, database calls, user ringtail".
    virtual std::string describe() = 0;

    // Whether there is a table of this name with all these columns, in the schema that
    // Destination::prepare() would use.
    virtual bool has_table(std::string_view name, std::span<const std::string_view> columns) = 0;

    // Proves that tables can be created, altered and filled, and that those of `tables` that exist
    // can be too; what it tries is rolled back. Error(config) with the command or SQL that mends
    // it.
    virtual void try_rights(std::span<const std::string> tables) = 0;
};

}  // namespace ringtail
