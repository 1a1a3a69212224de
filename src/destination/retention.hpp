#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/table.hpp"

namespace ringtail {

// Rows of a table by their age.
struct OldRows {
    // A table whose rows point at others by `column`.
    struct Child {
        Table table;
        std::string column;
    };
    Table table;
    std::string column;  // of a time; a row with null there is never old
    Instant before;      // not included
    // Only rows with this in that column; "": rows of any source that shares the table.
    std::string of_column = {};
    std::int64_t of = 0;
    std::vector<Child> unless = {};  // rows that such a row points at are left out
};

// What retention asks of a database, beside deleting: that is Batch::erase(). A table that is not
// there has no rows. Errors and threads as those of the Destination it belongs to.
class Retention {
  public:
    virtual ~Retention() = default;
    virtual std::uint64_t count(const OldRows& rows) = 0;
    // The keys of some of them, at most so many.
    virtual std::vector<std::string> keys(const OldRows& rows, std::size_t most) = 0;
    // The keys of the rows that point at one of `parents`.
    virtual std::vector<std::string> children(const OldRows::Child& child,
                                              std::span<const std::string> parents) = 0;
    // Drops what ringtail_rejects holds of these rows.
    virtual void forget_rejects(std::string_view table, std::span<const std::string> keys) = 0;
    // Gives room back to the disk where that is quick and disturbs nobody; says what can be done
    // for the rest, "" when nothing need be. `go_on` is asked before each step, none of which is
    // long, and may take its time for others to write; false: the rest is left for another call.
    virtual std::string give_back(std::span<const OldRows> rows, const std::function<bool()>& go_on,
                                  const std::stop_token& stop) = 0;
    // The same in the midst of deleting, where much at its end would take long (SQLite).
    virtual void give_some_back(const std::function<bool()>& /*go_on*/,
                                const std::stop_token& /*stop*/) {}
};

}  // namespace ringtail
