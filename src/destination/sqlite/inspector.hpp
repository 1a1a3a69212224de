#pragma once
#include <memory>
#include <string>

#include "destination/inspector.hpp"

namespace ringtail {

// Looks at a SQLite file; one that is not there is not made.
std::unique_ptr<Inspector> make_sqlite_inspector(std::string path);

}  // namespace ringtail
