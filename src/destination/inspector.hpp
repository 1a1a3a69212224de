#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"

namespace ringtail {

// A column that is there, as far as `ringtail check` tells of it.
struct SeenColumn {
    std::string name;
    std::string type;                          // as SQL has it: "character varying(50)"
    bool is_text = false;                      // holds any text, up to max_chars
    std::optional<std::uint32_t> max_chars{};  // of a text column with a limit
    std::optional<std::uint32_t>
        max_digits{};  // of a number column with a limit, decimals included
};

// Texts of just so many characters.
struct TextLength {
    std::string column;
    std::uint32_t chars = 0;
};

// Looks at a destination without changing it: before a first load and for `ringtail check`. One
// object is one connection of one thread; every call blocks. Errors as Destination's.
class Inspector {
  public:
    virtual ~Inspector() = default;

    // Connects and says what is there: "PostgreSQL 15.4, database calls, user ringtail".
    virtual std::string describe() = 0;

    // A table's columns, in its order, in the schema that Destination::prepare() would use; none
    // when there is no such table.
    virtual std::vector<SeenColumn> columns(std::string_view table) = 0;

    // For each of `lengths` (kMostLengths at most) the number of rows with such a text in that
    // column, by one look at the table.
    virtual std::vector<std::uint64_t> count_texts(std::string_view table,
                                                   std::span<const TextLength> lengths) = 0;
    static constexpr std::size_t kMostLengths = 500;

    // The rows whose text in `id` is the md5 of the texts of two other columns together, as 32
    // lower-case hex digits.
    virtual std::uint64_t count_md5_ids(std::string_view table, std::string_view id,
                                        std::string_view first, std::string_view second) = 0;

    // Error(config), as Destination::prepare() would say it, for the first of `tables` that is
    // there and is of a make that cannot be loaded into.
    virtual void check_make(std::span<const Table> /*tables*/) {}

    // Proves that tables can be created, altered and filled, and that those of `tables` that exist
    // can be too; what it tries is rolled back. Error(config) with the command or SQL that mends
    // it.
    virtual void try_rights(std::span<const std::string> tables) = 0;
};

}  // namespace ringtail
