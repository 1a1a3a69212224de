#include "fault/database.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::fault {
namespace {

class PostgresDatabase final : public Database {
  public:
    PostgresDatabase() : name_(test::PostgresServer::shared().create_database()) {}

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

std::unique_ptr<Database> make_postgres_database() { return std::make_unique<PostgresDatabase>(); }

}  // namespace ringtail::fault
