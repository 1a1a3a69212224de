#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/table.hpp"

namespace ringtail {

// Which stored rows are wanted. Columns go by the source's names (Table::columns).
struct RowQuery {
    struct Times {
        std::string column;
        Instant from, until;  // until not included; a row with null there is in no span
    };
    struct Texts {
        std::string column;
        std::string from, to;  // both included, compared byte by byte
    };
    struct Equal {
        std::string column;
        std::string value;  // of an int64 column as std::to_string() writes it
    };
    // One row of another table for each row: that whose `column` holds the row's key. Nulls where
    // there is none; any one of them where there are several.
    struct Beside {
        Table table;
        std::string column;
        std::vector<std::string> columns;
    };
    Table table;
    std::vector<std::string> columns;
    // All of these must hold.
    std::optional<Times> times = {};
    std::optional<Texts> texts = {};
    std::vector<Equal> equal = {};
    std::vector<std::string> keys = {};  // not empty: rows with these values of the key's column
    std::optional<Beside> beside = {};
};

// Values in the order of RowQuery::columns, then of Beside::columns; nothing: null, or the table
// has no such column. An int64 as std::to_string() writes it, a decimal without zeros at its end, a
// boolean as true or false, a timestamp as format_time() does, text and json as they are stored:
// the same on every kind of database. Valid during the call only.
using RowSink = std::function<void(std::span<const std::optional<std::string_view>> values)>;

// What comparing and replacing ask of a database. A table that is not there has no rows. Memory
// stays bounded however many rows there are. Errors and threads as those of the Destination it
// belongs to.
class RowReader {
  public:
    virtual ~RowReader() = default;
    // In no order. The sink must not use the destination.
    virtual void read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) = 0;
    virtual std::uint64_t count(const RowQuery& query) = 0;
};

}  // namespace ringtail
