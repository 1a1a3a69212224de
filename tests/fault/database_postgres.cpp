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

    std::string name_;
};

}  // namespace

std::unique_ptr<Database> make_postgres_database() { return std::make_unique<PostgresDatabase>(); }

}  // namespace ringtail::fault
