#include <utility>

#include "base/error.hpp"
#include "destination/relational/relational.hpp"
#include "destination/sqlserver/bulk.hpp"
#include "destination/sqlserver/catalog.hpp"
#include "destination/sqlserver/dialect.hpp"
#include "destination/sqlserver/schema.hpp"
#include "destination/sqlserver/session.hpp"
#include "destination/sqlserver/sqlserver.hpp"

namespace ringtail {
namespace {

class SqlServerDatabase final : public relational::Database {
  public:
    SqlServerDatabase(std::string url, Logger& log) : session_(std::move(url), log) {}

    relational::Session& session() override { return session_; }
    relational::Schema& schema() override { return schema_; }
    const relational::Dialect& dialect() override { return dialect_; }
    relational::Bulk& bulk() override { return bulk_; }

    void exclusively(const std::function<void()>& work) override {
        relational::Transaction transaction(session_);
        const auto answer = session_.run(
            "DECLARE @taken int; EXEC @taken = sp_getapplock @Resource = N'ringtail', @LockMode = "
            "N'Exclusive', @LockOwner = N'Transaction', @LockTimeout = 60000; SELECT @taken");
        if (answer.rows.empty() || answer.rows[0].at(0).value_or("-").starts_with('-')) {
            throw Error(Fault::transient,
                        "SQL Server: another Ringtail is preparing tables in this database");
        }
        work();
        transaction.commit();
    }

    std::vector<relational::ForeignKey> foreign_keys(
        const relational::StoredTable& table) override {
        return sqlserver::foreign_keys(session_, table);
    }

  private:
    sqlserver::Session session_;
    sqlserver::Dialect dialect_;
    sqlserver::Schema schema_{session_, dialect_};
    sqlserver::Bulk bulk_{session_};
};

}  // namespace

std::unique_ptr<Destination> make_sqlserver(std::string url, DestinationOptions options,
                                            Logger& log) {
    return relational::make_destination(std::make_unique<SqlServerDatabase>(std::move(url), log),
                                        options, log);
}

}  // namespace ringtail
