#pragma once
#include <memory>
#include <string>

#include "destination/inspector.hpp"

namespace ringtail {

// Looks at the ClickHouse database of a URL. Error(config) for a wrong URL.
std::unique_ptr<Inspector> make_clickhouse_inspector(const std::string& url);

}  // namespace ringtail
