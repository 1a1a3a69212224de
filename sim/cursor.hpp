#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::sim {

// Where a listing goes on. What the numbers mean is the listing's own business.
struct Cursor {
    std::uint64_t query = 0;  // a cursor is bound to the query it came from (facts A.2 no. 2)
    std::uint32_t page = 0;   // how many pages came before
    bool after = true;        // the place itself has been delivered
    std::int64_t time = 0;
    std::uint64_t first = 0, second = 0;
};

std::string write_cursor(const Cursor& cursor);  // base64url, about as long as a real one
// Nothing when it is no cursor, or one of another query.
std::optional<Cursor> read_cursor(std::string_view text, std::uint64_t query);

}  // namespace ringtail::sim
