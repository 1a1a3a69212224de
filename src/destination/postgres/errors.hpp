#pragma once
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ringtail::postgres {

// What the server said.
struct ServerError {
    std::string sqlstate = {};  // five characters; empty: the connection is gone
    std::string message = {}, detail = {}, hint = {};
    std::string schema = {}, table = {}, column = {}, constraint = {};
};

// An Error that still knows the server's code.
class SqlError : public Error {
  public:
    SqlError(const Error& error, std::string sqlstate)
        : Error(error), sqlstate_(std::move(sqlstate)) {}
    const std::string& sqlstate() const { return sqlstate_; }

  private:
    std::string sqlstate_;
};

// `where` is "database db at host". Rows' values are left out where the server quotes whole rows.
SqlError to_error(const ServerError& said, std::string_view where);

// A connection that could not be made. `message` is libpq's, with the password taken out; the
// server's code is looked for in it ("FATAL:  28P01: …"), as libpq does not hand it over.
SqlError to_connect_error(std::string_view message, std::string_view where);

}  // namespace ringtail::postgres
