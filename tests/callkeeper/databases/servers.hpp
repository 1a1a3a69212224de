#pragma once
#include "callkeeper/database.hpp"

namespace ringtail::test {

// An empty database of the shared server of that kind: "PostgreSQL", "MariaDB", "ClickHouse".
std::unique_ptr<CallDatabase> make_server_database(const std::string& kind);

}  // namespace ringtail::test
