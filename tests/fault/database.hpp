#pragma once
#include <memory>
#include <string>
#include <vector>

#include "contract/subject.hpp"
#include "sql/names.hpp"
#include "support/mariadb_server.hpp"

namespace ringtail::fault {

class Lock {
  public:
    virtual ~Lock() = default;
};

// An empty database of a kind, read without the code under test.
class Database {
  public:
    virtual ~Database() = default;
    virtual std::string url() const = 0;  // for --to
    virtual contract::Dump dump(const std::string& table) = 0;
    virtual sql::NameRules names() const = 0;
    // Names may be in double quotes.
    virtual void run(const std::string& sql) = 0;

    // What users do. A text column gets room for so many characters and its values are cut.
    virtual void narrow(const std::string& table, const std::string& column, int chars) = 0;
    // Rows that point at it stay.
    virtual void drop(const std::string& table) = 0;
    // A new user with the rights that Ringtail needs: its URL; empty where there are no users. Then
    // its right to change contacts is withdrawn, and given back.
    virtual std::string limited_user() { return {}; }
    virtual void withdraw_rights() {}
    virtual void give_rights_back() {}

    // For servers that lock rows: a transaction of somebody else that has all rows of a table,
    // until the object is gone; and url() with sessions that wait only a second for locks.
    virtual std::unique_ptr<Lock> lock_rows(const std::string& /*table*/) { return nullptr; }
    virtual std::string impatient_url() const { return {}; }
};

std::unique_ptr<Database> make_sqlite_database(const std::string& file);
// On the test program's own servers. `options` is the end of CREATE DATABASE.
std::unique_ptr<Database> make_postgres_database(const std::string& options = "");
std::unique_ptr<Database> make_mysql_database(
    test::MariadbServer& server = test::MariadbServer::shared());
std::unique_ptr<Database> make_clickhouse_database();

enum class DatabaseKind { sqlite, postgres, mysql, clickhouse };
std::string name_of(DatabaseKind kind);
std::vector<DatabaseKind> every_database();
// Those with UPDATE, DELETE, users and the old client's tables: all but ClickHouse.
std::vector<DatabaseKind> relational_databases();

}  // namespace ringtail::fault
