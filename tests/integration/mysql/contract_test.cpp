#include "contract/destination_suite.hpp"
#include "destination/mysql/mysql.hpp"
#include "support/mariadb_server.hpp"

namespace ringtail::contract {
namespace {

using test::apostrophed;
using test::ticked;

class MysqlSubject final : public Subject {
  public:
    explicit MysqlSubject(test::MariadbServer& server)
        : server_(server), database_(server.create_database()) {}

    std::unique_ptr<Destination> open(const DestinationOptions& options) override {
        return make_mysql(server_.url(database_), options, log_);
    }

    Dump dump(const std::string& table) override {
        Dump dump;
        dump.columns = server_.columns(database_, table);
        if (dump.columns.empty()) return dump;
        dump.rows = server_.query(database_, "SELECT * FROM " + ticked(table));
        for (const auto& row :
             server_.query(database_,
                           "SELECT column_type FROM information_schema.columns WHERE table_schema "
                           "= database() AND table_name = " +
                               apostrophed(table) + " ORDER BY ordinal_position")) {
            dump.types.push_back(row.at(0).value_or(""));
        }
        return dump;
    }

    void add_text_column(const std::string& table, const std::string& column) override {
        server_.query(database_,
                      "ALTER TABLE " + ticked(table) + " ADD COLUMN " + ticked(column) + " text");
    }

    void expire_lease(const std::string& stream) override {
        server_.query(database_,
                      "UPDATE ringtail_checkpoints SET lease_until = lease_until - INTERVAL " +
                          std::to_string(kLeaseSeconds) +
                          " SECOND WHERE stream = " + apostrophed(stream));
    }

    std::vector<std::string> cannot_hold() const override { return {"300 digits"}; }

  private:
    test::MariadbServer& server_;
    const std::string database_;
};

// Forbids LOAD DATA LOCAL.
test::MariadbServer& server_without_infile() {
    static test::MariadbServer server(test::MariadbServer::Durability::none,
                                      {"--local-infile=OFF"});
    return server;
}

const auto kKinds = ::testing::Values(
    SubjectKind{"mariadb",
                [] { return std::make_unique<MysqlSubject>(test::MariadbServer::shared()); },
                "MariaDB"},
    SubjectKind{"mariadb_without_infile",
                [] { return std::make_unique<MysqlSubject>(server_without_infile()); }});

INSTANTIATE_TEST_SUITE_P(MariaDB, DestinationSuite, kKinds, kind_name);

}  // namespace
}  // namespace ringtail::contract
