#pragma once
#include <string>
#include <vector>

namespace ringtail::test {

// The rows a SELECT gives, read from a SQLite file that others may be writing to; NULL as "".
// Throws std::runtime_error with the statement.
std::vector<std::vector<std::string>> sqlite_rows(const std::string& file,
                                                  const std::string& select);

}  // namespace ringtail::test
