#pragma once
#include <memory>
#include <string>

#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail {

// A commit waits for the disk: with loads of 4 MiB that was a tenth of a load's time, measured.
inline constexpr LoadSize kPostgresLoad{.bytes = 8U << 20U};

// PostgreSQL 12 or newer. `url` is postgres://user:password@host:port/database?parameters as libpq
// reads it; nothing is connected yet, and a URL that cannot be read is reported by the first call.
// `log` must outlive the destination.
std::unique_ptr<Destination> make_postgres(std::string url, DestinationOptions options,
                                           Logger& log);

}  // namespace ringtail
