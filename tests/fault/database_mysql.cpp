#include <stdexcept>
#include <thread>

#include "fault/database.hpp"
#include "support/mariadb_server.hpp"

namespace ringtail::fault {
namespace {

using test::MariadbServer;

class MysqlLock final : public Lock {
  public:
    MysqlLock(MariadbServer& server, const std::string& database, const std::string& table)
        : server_(server), database_(database), session_([&server, database, table] {
              try {
                  server.query(database,
                               "BEGIN;\nSELECT * FROM " + table + " FOR UPDATE;\n" + kRest);
              } catch (const std::runtime_error&) {  // killed below
              }
          }) {
        while (find() == "0") std::this_thread::yield();
    }
    ~MysqlLock() override { server_.query(database_, "KILL " + find()); }

  private:
    static constexpr const char* kRest = "SELECT SLEEP(600)";
    std::string find() const {
        return server_.value(database_,
                             std::string("SELECT COALESCE(MAX(ID), 0) FROM "
                                         "information_schema.PROCESSLIST WHERE INFO = '") +
                                 kRest + "' AND DB = '" + database_ + "'");
    }

    MariadbServer& server_;
    const std::string database_;
    const std::jthread session_;
};

// Tables that say nothing of it are utf16, as the old client made them.
class MysqlDatabase final : public Database {
  public:
    explicit MysqlDatabase(MariadbServer& server)
        : server_(server), name_(server.create_database("CHARACTER SET utf16")) {}

    std::string url() const override { return server_.url(name_); }
    sql::NameRules names() const override {
        return {.max_chars = 64, .folds_all_case = true, .only_plain_chars = true};
    }
    void run(const std::string& sql) override {
        server_.query(
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
        return server_.url(name_, user(), "pw");
    }
    // Rights are looked at when a connection begins.
    void withdraw_rights() override {
        run("REVOKE UPDATE ON \"" + name_ + "\".* FROM " + user() + ";\nKILL USER " + user());
    }
    void give_rights_back() override { run("GRANT UPDATE ON \"" + name_ + "\".* TO " + user()); }

    std::unique_ptr<Lock> lock_rows(const std::string& table) override {
        return std::make_unique<MysqlLock>(server_, name_, table);
    }
    std::string impatient_url() const override { return url() + "?lock_wait=1"; }

    contract::Dump dump(const std::string& table) override {
        contract::Dump dump;
        dump.columns = server_.columns(name_, table);
        if (!dump.columns.empty())
            dump.rows = server_.query(name_, "SELECT * FROM " + test::ticked(table));
        return dump;
    }

  private:
    std::string user() const { return "limited_" + name_; }

    MariadbServer& server_;
    const std::string name_;
};

}  // namespace

std::unique_ptr<Database> make_mysql_database(MariadbServer& server) {
    return std::make_unique<MysqlDatabase>(server);
}

}  // namespace ringtail::fault
