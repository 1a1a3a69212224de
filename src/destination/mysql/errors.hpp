#pragma once
#include <string>
#include <string_view>

#include "destination/relational/errors.hpp"

namespace ringtail::mysql {

using relational::Cause;
using relational::SqlError;  // its code is the server's or the client library's number

// `where` is "database db at host:3306". `user` is "user" or "user@host", for hints.
SqlError to_error(unsigned code, std::string_view message, std::string_view where,
                  std::string_view user, std::string_view database);

// Whether the server forbids LOAD DATA LOCAL.
bool forbids_infile(const SqlError& error);
// Whether the table would get, or a row is, too wide.
bool is_too_wide(const SqlError& error);

}  // namespace ringtail::mysql
