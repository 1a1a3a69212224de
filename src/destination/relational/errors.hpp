#pragma once
#include <cstdint>
#include <string>

#include "base/error.hpp"

namespace ringtail::relational {

// What a server's error says about the load or preparation under way, beyond its fault.
enum class Cause : std::uint8_t {
    other,
    duplicate_key,   // a row with this key is there already
    missing_parent,  // a foreign key points at a row that is not there
    stale_plan,      // no such table or column, or a type that is not as it was
    no_right,        // a privilege is missing
    deadlock,        // another writer waits for us, and we for it
    other_way,       // the database takes rows another way, which is used from now on
};

// An Error that still knows the server's code.
class SqlError : public Error {
  public:
    SqlError(const Error& error, Cause cause, std::string code)
        : Error(error), cause_(cause), code_(std::move(code)) {}
    Cause cause() const { return cause_; }
    // As the database writes it: a SQLSTATE or a number. Empty: the connection is gone.
    const std::string& code() const { return code_; }

  private:
    Cause cause_;
    std::string code_;
};

}  // namespace ringtail::relational
