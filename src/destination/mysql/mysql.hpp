#pragma once
#include <memory>
#include <string>

#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail {

// MySQL 8 or MariaDB 10.3, or newer. `url` is mysql://user:password@host:port/database?parameters
// (mysql/url.hpp); nothing is connected yet, and a URL that cannot be read is reported by the first
// call. `log` must outlive the destination.
std::unique_ptr<Destination> make_mysql(std::string url, DestinationOptions options, Logger& log);

}  // namespace ringtail
