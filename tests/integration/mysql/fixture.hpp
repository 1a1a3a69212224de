#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <mutex>

#include "contract/fixture.hpp"
#include "destination/mysql/mysql.hpp"
#include "support/mariadb_server.hpp"

namespace ringtail::test {

using contract::boolean;
using contract::json;
using contract::kFirst;
using contract::kSecond;
using contract::kStream;
using contract::number;
using contract::one;
using contract::put;
using contract::text;

// With the key "id" and nothing more.
inline Table table_of(std::string name, std::vector<Column> columns) {
    Table table;
    table.name = std::move(name);
    table.columns = std::move(columns);
    table.key = {"id"};
    return table;
}

// Keeps the lines.
class LogLines final : public Logger {
  public:
    void write(LogLevel, std::string_view message) override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(message);
    }
    // The lines that hold this text.
    std::vector<std::string> with(std::string_view part) const {
        const std::lock_guard lock(mutex_);
        std::vector<std::string> found;
        for (const std::string& line : lines_) {
            if (line.find(part) != std::string::npos) found.push_back(line);
        }
        return found;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
};

inline Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no error";
    return {Fault::bug, "no error"};
}

// Each test has an empty database on the program's server, and one handle to it.
class MysqlTest : public ::testing::Test {
  protected:
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

    std::vector<Table> start(const std::vector<Table>& tables) {
        auto prepared = destination_->prepare(tables);
        destination_->streams().hold(kStream, holder_);
        return prepared;
    }
    LoadStats load(std::span<const Batch> batches, Instant now = kFirst,
                   std::stop_token stop = {}) {
        const Checkpoint after{"after"};
        return destination_->load({batches, {}, {}, kStream, holder_, &after, now},
                                  std::move(stop));
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
    std::unique_ptr<Destination> destination_ = open();
    const std::string holder_ = this_holder();
};

}  // namespace ringtail::test
