#pragma once
#include <memory>
#include <string>

#include "destination/inspector.hpp"

namespace ringtail {

// Looks at a MySQL or MariaDB database: mysql://user:password@host:port/database?parameters.
std::unique_ptr<Inspector> make_mysql_inspector(std::string url);

}  // namespace ringtail
