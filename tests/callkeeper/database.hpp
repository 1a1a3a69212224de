#pragma once
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "callkeeper/differences.hpp"
#include "destination/destination.hpp"

namespace ringtail::test {

// An empty database that calls are loaded into, and its reader.
class CallDatabase : public CallTables {
  public:
    virtual std::unique_ptr<Destination> connect(Clock& clock, Logger& log) = 0;
    // Of all tables together.
    virtual std::int64_t foreign_keys() = 0;
};

std::unique_ptr<CallDatabase> make_sqlite_database();

}  // namespace ringtail::test
