#include <stdexcept>
#include <thread>

#include "fault/database.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::fault {
namespace {

class PostgresLock final : public Lock {
  public:
    PostgresLock(std::string database, const std::string& table)
        : database_(std::move(database)), session_([this, table] {
              try {
                  query("BEGIN; LOCK TABLE " + table + " IN EXCLUSIVE MODE; SELECT pg_sleep(600)");
              } catch (const std::runtime_error&) {  // terminated below
              }
          }) {
        while (
            query("SELECT FROM pg_locks WHERE mode = 'ExclusiveLock' AND granted AND relation = '" +
                  table + "'::regclass")
                .empty()) {
            std::this_thread::yield();
        }
    }
    ~PostgresLock() override {
        query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE "
            "'%pg_sleep(600)' "
            "AND pid <> pg_backend_pid() AND datname = current_database()");
    }

  private:
    std::vector<test::SqlRow> query(const std::string& sql) const {
        return test::PostgresServer::shared().query(database_, sql);
    }

    const std::string database_;
    const std::jthread session_;
};

class PostgresDatabase final : public Database {
  public:
    explicit PostgresDatabase(const std::string& options)
        : name_(test::PostgresServer::shared().create_database(options)) {}

    std::string url() const override { return test::PostgresServer::shared().url(name_); }
    sql::NameRules names() const override { return {.max_bytes = 63}; }
    void run(const std::string& sql) override { test::PostgresServer::shared().query(name_, sql); }

    void narrow(const std::string& table, const std::string& column, int chars) override {
        const std::string size = std::to_string(chars);
        run("ALTER TABLE " + table + " ALTER COLUMN \"" + column + "\" TYPE varchar(" + size +
            ") USING left(\"" + column + "\", " + size + ")");
    }
    void drop(const std::string& table) override { run("DROP TABLE " + table + " CASCADE"); }

    std::string limited_user() override {
        run("CREATE ROLE " + user() +
            " LOGIN PASSWORD 'pw'; GRANT USAGE, CREATE ON SCHEMA public "
            "TO " +
            user());
        return test::PostgresServer::shared().url(name_, user(), "pw");
    }
    void withdraw_rights() override { run("REVOKE UPDATE ON df_contacts FROM " + user()); }
    void give_rights_back() override { run("GRANT UPDATE ON df_contacts TO " + user()); }

    std::unique_ptr<Lock> lock_rows(const std::string& table) override {
        return std::make_unique<PostgresLock>(name_, table);
    }
    std::string impatient_url() const override { return url() + "?options=-c%20lock_timeout%3D1s"; }

    contract::Dump dump(const std::string& table) override {
        contract::Dump dump;
        const auto columns =
            query("SELECT column_name FROM information_schema.columns WHERE table_name = '" +
                  table + "' ORDER BY ordinal_position");
        for (const auto& row : columns) dump.columns.push_back(row[0].value_or(""));
        if (dump.columns.empty()) return dump;
        dump.rows = query("SELECT * FROM " + sql::quote_identifier(table));
        return dump;
    }

  private:
    std::vector<test::SqlRow> query(const std::string& sql) const {
        return test::PostgresServer::shared().query(name_, "SET TimeZone = 'UTC'; " + sql);
    }

    std::string user() const { return "limited_" + name_; }

    std::string name_;
};

}  // namespace

std::unique_ptr<Database> make_postgres_database(const std::string& options) {
    return std::make_unique<PostgresDatabase>(options);
}

}  // namespace ringtail::fault
