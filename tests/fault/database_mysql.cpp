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

    void narrow(const std::string& table, const std::string& column, int chars) override {
        const std::string size = std::to_string(chars);
        run("UPDATE " + table + " SET \"" + column + "\" = left(\"" + column + "\", " + size +
            ");\nALTER TABLE " + table + " MODIFY \"" + column + "\" varchar(" + size + ")");
    }
    void drop(const std::string& table) override {
        run("SET foreign_key_checks = 0;\nDROP TABLE " + table);
    }

    std::string limited_user() override {
        run("CREATE USER " + user() +
            " IDENTIFIED BY 'pw';\nGRANT SELECT, INSERT, UPDATE, DELETE, "
            "CREATE, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES ON \"" +
            name_ + "\".* TO " + user());
        return MariadbServer::shared().url(name_, user(), "pw");
    }
    // Rights are looked at when a connection begins.
    void withdraw_rights() override {
        run("REVOKE UPDATE ON \"" + name_ + "\".* FROM " + user() + ";\nKILL USER " + user());
    }
    void give_rights_back() override { run("GRANT UPDATE ON \"" + name_ + "\".* TO " + user()); }

    contract::Dump dump(const std::string& table) override {
        contract::Dump dump;
        dump.columns = MariadbServer::shared().columns(name_, table);
        if (!dump.columns.empty())
            dump.rows =
                MariadbServer::shared().query(name_, "SELECT * FROM " + test::ticked(table));
        return dump;
    }

  private:
    std::string user() const { return "limited_" + name_; }

    std::string name_;
};

}  // namespace

std::unique_ptr<Database> make_mysql_database() { return std::make_unique<MysqlDatabase>(); }

}  // namespace ringtail::fault
