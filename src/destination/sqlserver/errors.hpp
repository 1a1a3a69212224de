#pragma once
#include <span>
#include <string>
#include <string_view>

#include "destination/relational/errors.hpp"

namespace ringtail::sqlserver {

// One of the diagnostics that the driver handed over for a call.
struct Diagnostic {
    std::string sqlstate;
    int native = 0;  // the server's number, or the driver's
    std::string message;
};

// `where` is "database db at host". The first diagnostic that says what went wrong counts; numbers
// are those of SQL Server, and Babelfish's catch-all is told by its text.
relational::SqlError to_error(std::span<const Diagnostic> said, std::string_view where);

// A connection that could not be made.
relational::SqlError to_connect_error(std::span<const Diagnostic> said, std::string_view where);

}  // namespace ringtail::sqlserver
