#pragma once
#include <map>
#include <memory>
#include <string>

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

    // What somebody does by hand. `change` as behind SET; "": the rows are deleted.
    virtual void run(const std::string& statement) = 0;
    virtual void damage(const std::string& table, const std::string& change,
                        const std::string& where);
    // Copies rows with other expressions in some columns.
    void copy(const std::string& table, const std::string& where,
              const std::map<std::string, std::string>& changes);

  protected:
    virtual Texts columns(const std::string& table) = 0;
};

std::unique_ptr<CallDatabase> make_sqlite_database();

}  // namespace ringtail::test
