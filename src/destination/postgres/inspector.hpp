#pragma once
#include <memory>
#include <string>

#include "destination/inspector.hpp"

namespace ringtail {

// Looks at a PostgreSQL database: postgres://user:password@host:port/database?parameters.
std::unique_ptr<Inspector> make_postgres_inspector(std::string url);

}  // namespace ringtail
