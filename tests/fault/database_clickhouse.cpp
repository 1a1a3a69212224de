#include <stdexcept>

#include "fault/database.hpp"
#include "sql/clickhouse_text.hpp"
#include "support/clickhouse_server.hpp"

namespace ringtail::fault {
namespace {

// What its users read: the views.
class ClickHouseDatabase final : public Database {
  public:
    std::string url() const override { return server_.url(name_); }
    sql::NameRules names() const override { return sql::clickhouse::name_rules(); }
    void run(const std::string& sql) override { server_.query(name_, sql); }

    void narrow(const std::string& /*table*/, const std::string& /*column*/,
                int /*chars*/) override {
        throw std::logic_error("ClickHouse's strings have no limit");
    }
    void drop(const std::string& table) override { run("DROP TABLE " + table); }

    std::string limited_user() override { return server_.limited_url(name_); }
    void withdraw_rights() override { server_.limit(test::ClickHouseServer::Rights::reading); }
    void give_rights_back() override { server_.limit(test::ClickHouseServer::Rights::all); }

    contract::Dump dump(const std::string& table) override {
        contract::Dump dump;
        const std::string view = table + "_current";
        dump.columns = server_.columns(name_, view);
        if (dump.columns.empty()) return dump;
        dump.rows =
            server_.query(name_, "SELECT * FROM " + server_.quoted(view) + " FORMAT TabSeparated");
        return dump;
    }

  private:
    test::ClickHouseServer& server_ = test::ClickHouseServer::shared();
    const std::string name_ = server_.create_database();
};

}  // namespace

std::unique_ptr<Database> make_clickhouse_database() {
    return std::make_unique<ClickHouseDatabase>();
}

}  // namespace ringtail::fault
