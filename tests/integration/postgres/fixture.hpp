#pragma once
#include "contract/existing.hpp"
#include "contract/handle_test.hpp"
#include "destination/postgres/postgres.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::test {

// Each test has an empty database on the program's server, and one handle to it.
class PostgresTest : public HandleTest {
  protected:
    PostgresTest() { destination_ = open(); }

    std::unique_ptr<Destination> open(const DestinationOptions& options = {}) {
        return make_postgres(server_.url(database_), options, log_);
    }
    // As a new role without any right but to connect.
    std::unique_ptr<Destination> open_as(const std::string& role) {
        return make_postgres(server_.url(database_, role, "pw"), {}, log_);
    }
    // Roles belong to the server, so their names carry the database's.
    std::string make_role(const std::string& name) {
        std::string role = name + "_" + database_;
        sql("CREATE ROLE " + role + " LOGIN PASSWORD 'pw'");
        return role;
    }

    std::vector<SqlRow> sql(const std::string& statement) {
        return server_.query(database_, statement);
    }
    std::string value(const std::string& query) { return server_.value(database_, query); }
    std::string type_of(const std::string& table, const std::string& column) {
        return value(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = '" + table +
            "'::regclass AND attname = '" + column + "'");
    }

    PostgresServer& server_ = PostgresServer::shared();
    const std::string database_ = server_.create_database();
    LogLines log_;
};

}  // namespace ringtail::test
