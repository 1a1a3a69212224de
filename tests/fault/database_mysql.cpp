#include "fault/database.hpp"
#include "support/mariadb_server.hpp"

namespace ringtail::fault {
namespace {

using test::MariadbServer;

// Tables that say nothing of it are utf16, as the old client made them.
class MysqlDatabase final : public Database {
  public:
    MysqlDatabase() : name_(MariadbServer::shared().create_database("CHARACTER SET utf16")) {}

    std::string url() const override { return MariadbServer::shared().url(name_); }
    sql::NameRules names() const override {
        return {.max_chars = 64, .folds_all_case = true, .only_plain_chars = true};
    }
    void run(const std::string& sql) override {
        MariadbServer::shared().query(
            name_, "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES';\n" + sql);
    }

    contract::Dump dump(const std::string& table) override {
        contract::Dump dump;
        dump.columns = MariadbServer::shared().columns(name_, table);
        if (!dump.columns.empty())
            dump.rows =
                MariadbServer::shared().query(name_, "SELECT * FROM " + test::ticked(table));
        return dump;
    }

  private:
    std::string name_;
};

}  // namespace

std::unique_ptr<Database> make_mysql_database() { return std::make_unique<MysqlDatabase>(); }

}  // namespace ringtail::fault
