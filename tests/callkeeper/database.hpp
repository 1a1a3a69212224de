#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail::test {

using Texts = std::vector<std::string>;

// An empty database that calls are loaded into, and a reader of its own: not through the code under
// test.
class CallDatabase {
  public:
    virtual ~CallDatabase() = default;
    virtual std::unique_ptr<Destination> connect(Clock& clock, Logger& log) = 0;
    // Of a SELECT; NULL and "" are the same here: stub rows hold either.
    virtual std::vector<Texts> rows(const std::string& select) = 0;

    // As a SELECT names a column, and a table or view with the rows that count.
    virtual std::string quoted(const std::string& column) const { return '"' + column + '"'; }
    virtual std::string table(const std::string& name) const { return name; }
    // What stands in a column of times, as format_time() writes it.
    virtual std::string time(const std::string& stored) const;
    // A text that it cannot is NULL there, and in the rejects.
    virtual bool can_hold(const std::string& /*text*/) const { return true; }
    // Of all tables together.
    virtual std::int64_t foreign_keys() = 0;
};

std::unique_ptr<CallDatabase> make_sqlite_database();

}  // namespace ringtail::test
