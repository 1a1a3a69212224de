#pragma once
#include "contract/existing.hpp"
#include "contract/handle_test.hpp"
#include "destination/mysql/mysql.hpp"
#include "support/mariadb_server.hpp"

namespace ringtail::test {

// Each test has an empty database on the program's server, and one handle to it.
class MysqlTest : public HandleTest {
  protected:
    MysqlTest() { destination_ = open(); }

    std::unique_ptr<Destination> open(const DestinationOptions& options = {}) {
        return make_mysql(server_.url(database_), options, log_);
    }
    // As a new user without any right but to connect.
    std::unique_ptr<Destination> open_as(const std::string& user) {
        return make_mysql(server_.url(database_, user, "pw"), {}, log_);
    }
    // Users belong to the server, so their names carry the database's.
    std::string make_user(const std::string& name) {
        const std::string user = name + "_" + database_;
        sql("CREATE USER " + user + "@'%' IDENTIFIED BY 'pw'");
        sql("GRANT SHOW DATABASES ON *.* TO " + user);
        return user;
    }

    std::vector<SqlRow> sql(const std::string& statement) {
        return server_.query(database_, statement);
    }
    std::string value(const std::string& query) { return server_.value(database_, query); }
    std::string type_of(const std::string& table, const std::string& column) {
        return value(
            "SELECT CONCAT_WS(' ', COLUMN_TYPE, COLLATION_NAME) FROM "
            "information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = " +
            apostrophed(table) + " AND COLUMN_NAME = " + apostrophed(column));
    }

    MariadbServer& server_ = MariadbServer::shared();
    const std::string database_ = server_.create_database();
    LogLines log_;
};

}  // namespace ringtail::test
