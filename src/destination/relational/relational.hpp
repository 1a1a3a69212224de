#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "destination/inspector.hpp"
#include "destination/relational/bulk.hpp"
#include "destination/relational/dialect.hpp"
#include "destination/relational/prepare.hpp"
#include "destination/relational/session.hpp"

namespace ringtail::relational {

// One database, on one connection: what its own room gives. The parts live as long as it.
class Database {
  public:
    virtual ~Database() = default;
    virtual Session& session() = 0;
    virtual Schema& schema() = 0;
    virtual const Dialect& dialect() = 0;
    virtual Bulk& bulk() = 0;

    // Runs `work` while no other Ringtail is in the same call in this database; in a transaction
    // where DDL can be rolled back.
    virtual void exclusively(const std::function<void()>& work) = 0;
    // The foreign keys of one column each that the table has.
    virtual std::vector<ForeignKey> foreign_keys(const StoredTable& table) = 0;
};

// A destination on a database with SQL and transactions: all that is the same in each of them.
// `log` must outlive it.
std::unique_ptr<Destination> make_destination(std::unique_ptr<Database> database,
                                              DestinationOptions options, Logger& log);

}  // namespace ringtail::relational
