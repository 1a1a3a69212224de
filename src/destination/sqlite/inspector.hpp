#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "destination/inspector.hpp"

namespace ringtail {

// Looks at a SQLite file; one that is not there is not made.
std::unique_ptr<Inspector> make_sqlite_inspector(std::string path);

// What one SELECT of `columns` columns finds in a file, as text; NULL is empty.
std::vector<std::vector<std::string>> query_sqlite(const std::string& path, const std::string& sql,
                                                   std::size_t columns);

}  // namespace ringtail
