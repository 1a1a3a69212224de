#pragma once
#include <memory>
#include <string>
#include <vector>

#include "contract/subject.hpp"
#include "sql/names.hpp"

namespace ringtail::fault {

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
};

std::unique_ptr<Database> make_sqlite_database(const std::string& file);
// On the test program's own servers.
std::unique_ptr<Database> make_postgres_database();
std::unique_ptr<Database> make_mysql_database();
std::unique_ptr<Database> make_clickhouse_database();

enum class DatabaseKind { sqlite, postgres, mysql, clickhouse };
std::string name_of(DatabaseKind kind);
std::vector<DatabaseKind> every_database();
// Those with UPDATE, DELETE, users and the old client's tables: all but ClickHouse.
std::vector<DatabaseKind> relational_databases();

}  // namespace ringtail::fault
