#pragma once
#include <string>
#include <string_view>

#include "destination/relational/errors.hpp"

namespace ringtail::postgres {

// What the server said.
struct ServerError {
    std::string sqlstate = {};  // five characters; empty: the connection is gone
    std::string message = {}, detail = {}, hint = {};
    std::string schema = {}, table = {}, column = {}, constraint = {};
};

using relational::Cause;
using relational::SqlError;  // its code is the SQLSTATE

// `where` is "database db at host". Rows' values are left out where the server quotes whole rows.
SqlError to_error(const ServerError& said, std::string_view where);

// A connection that could not be made. `message` is libpq's, with the password taken out; the
// server's code is looked for in it ("FATAL:  28P01: …"), as libpq does not hand it over.
SqlError to_connect_error(std::string_view message, std::string_view where);

}  // namespace ringtail::postgres
