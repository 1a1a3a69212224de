#pragma once
#include <memory>
#include <string>

#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail {

// Microsoft SQL Server 2016 or newer, Azure SQL, Babelfish; through ODBC. `url` is
// sqlserver://user:password@host:port/database?parameters (docs/cli.md); nothing is connected yet,
// and a URL that cannot be read is reported by the first call. `log` must outlive the destination.
std::unique_ptr<Destination> make_sqlserver(std::string url, DestinationOptions options,
                                            Logger& log);

}  // namespace ringtail
