#include <fmt/core.h>

#include <optional>
#include <utility>

#include "base/md5.hpp"
#include "destination/mysql/bulk.hpp"
#include "destination/mysql/catalog.hpp"
#include "destination/mysql/connection.hpp"
#include "destination/mysql/dialect.hpp"
#include "destination/mysql/literal.hpp"
#include "destination/mysql/mysql.hpp"
#include "destination/mysql/schema.hpp"
#include "destination/relational/relational.hpp"

namespace ringtail {
namespace {

// How long another Ringtail's prepare() is waited for.
constexpr int kLockSeconds = 60;

// Knows the server's words from the connection's first use on.
class MysqlDatabase final : public relational::Database {
  public:
    MysqlDatabase(std::string url, Logger& log)
        : connection_(std::move(url), log), schema_(connection_), bulk_(connection_, log) {}

    relational::Session& session() override { return connection_; }
    relational::Schema& schema() override { return schema_; }
    relational::Bulk& bulk() override { return bulk_; }

    const relational::Dialect& dialect() override {
        if (!dialect_) dialect_.emplace(connection_.server().exact_collation);
        return *dialect_;
    }

    void exclusively(const std::function<void()>& work) override {
        const std::string name = mysql::literal("ringtail/" + md5_hex({connection_.database()}));
        const auto got =
            connection_.run(fmt::format("SELECT GET_LOCK({}, {})", name, kLockSeconds));
        if (got.rows.at(0).at(0) != "1") {
            throw Error(Fault::transient,
                        "MySQL, " + connection_.where() +
                            ": another Ringtail prepares its tables, and does not end");
        }
        try {
            work();
        } catch (...) {
            connection_.drop();  // which gives the lock back
            throw;
        }
        connection_.run("SELECT RELEASE_LOCK(" + name + ")");
    }

    std::vector<relational::ForeignKey> foreign_keys(
        const relational::StoredTable& table) override {
        return mysql::foreign_keys(connection_, table);
    }

  private:
    mysql::Connection connection_;
    mysql::Schema schema_;
    mysql::Bulk bulk_;
    std::optional<mysql::Dialect> dialect_;
};

}  // namespace

std::unique_ptr<Destination> make_mysql(std::string url, DestinationOptions options, Logger& log) {
    return relational::make_destination(std::make_unique<MysqlDatabase>(std::move(url), log),
                                        options, log);
}

}  // namespace ringtail
