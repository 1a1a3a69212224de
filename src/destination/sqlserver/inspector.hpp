#pragma once
#include <memory>
#include <string>

#include "destination/inspector.hpp"

namespace ringtail {

// Looks at a SQL Server database: sqlserver://user:password@host:port/database?parameters.
std::unique_ptr<Inspector> make_sqlserver_inspector(std::string url);

}  // namespace ringtail
