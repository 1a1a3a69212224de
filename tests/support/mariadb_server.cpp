#include "support/mariadb_server.hpp"

#include <mysql.h>
#include <pwd.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

#include "support/free_port.hpp"

namespace ringtail::test {
namespace {

constexpr std::chrono::seconds kStart{60};

std::string doubled(const std::string& text, char mark) {
    std::string out(1, mark);
    for (const char c : text) {
        if (c == mark || (mark == '\'' && c == '\\')) out += c;
        out += c;
    }
    return out + mark;
}

using Handle = std::unique_ptr<MYSQL, void (*)(MYSQL*)>;

Handle connect(const std::string& socket, const std::string& database) {
    Handle handle(mysql_init(nullptr), mysql_close);
    mysql_options(handle.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(handle.get(), nullptr, "root", "", database.c_str(), 0, socket.c_str(),
                           CLIENT_MULTI_STATEMENTS) == nullptr) {
        throw std::runtime_error(mysql_error(handle.get()));
    }
    return handle;
}

std::vector<SqlRow> rows_of(MYSQL* handle) {
    std::vector<SqlRow> rows;
    const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(mysql_store_result(handle),
                                                                  mysql_free_result);
    if (!result && mysql_errno(handle) != 0) throw std::runtime_error(mysql_error(handle));
    if (!result) return rows;
    while (MYSQL_ROW values = mysql_fetch_row(result.get())) {
        const unsigned long* lengths = mysql_fetch_lengths(result.get());
        auto& row = rows.emplace_back();
        for (unsigned i = 0; i < mysql_num_fields(result.get()); ++i) {
            row.push_back(values[i] == nullptr ? std::nullopt
                                               : std::optional(std::string(values[i], lengths[i])));
        }
    }
    return rows;
}

}  // namespace

std::string ticked(const std::string& name) { return doubled(name, '`'); }
std::string apostrophed(const std::string& text) { return doubled(text, '\''); }

MariadbServer::MariadbServer(Durability durability, std::vector<std::string> settings)
    : port_(free_port()) {
    const std::string data = folder_.path() + "/data";
    const bool is_root = ::geteuid() == 0;
    const std::string someone = ::getpwnam("mysql") != nullptr ? "mysql" : "nobody";
    if (is_root) {
        const passwd* user = ::getpwnam(someone.c_str());
        if (user == nullptr)
            throw std::runtime_error("there is no user mysql or nobody to run the server as");
        if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("chown failed");
    }
    std::vector<std::string> install{"mariadb-install-db", "--no-defaults", "--datadir=" + data,
                                     "--auth-root-authentication-method=normal", "--skip-test-db"};
    words_ = {"/usr/sbin/mariadbd", "--no-defaults", "--datadir=" + data,
              "--bind-address=127.0.0.1", "--port=" + std::to_string(port_), "--socket=" + socket(),
              "--pid-file=" + folder_.path() + "/pid",
              // A server that starts removes all temporary tables of its kind from there.
              "--tmpdir=" + folder_.path(), "--innodb-buffer-pool-size=64M",
              "--innodb-log-file-size=64M", "--skip-name-resolve", "--performance-schema=OFF"};
    if (is_root) {
        install.emplace_back("--user=" + someone);
        words_.emplace_back("--user=" + someone);
    }
    if (durability == Durability::none)
        words_.insert(words_.end(), {"--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0"});
    words_.insert(words_.end(), settings.begin(), settings.end());
    const Outcome outcome = test::run(install);
    if (outcome.code != 0)
        throw std::runtime_error("mariadb-install-db failed: " + outcome.out + outcome.err);
    start();
    query("mysql", "CREATE USER ringtail@'%' IDENTIFIED BY " + apostrophed(password()) +
                       ";\nGRANT ALL ON *.* TO ringtail@'%' WITH GRANT OPTION");
}

MariadbServer::~MariadbServer() = default;  // kills it; the folder goes anyway

MariadbServer& MariadbServer::shared() {
    static MariadbServer server;
    return server;
}

void MariadbServer::start() {
    process_ = std::make_unique<Process>(words_);
    const auto deadline = std::chrono::steady_clock::now() + kStart;
    while (true) {
        try {
            connect(socket(), "mysql");
            return;
        } catch (const std::runtime_error& error) {
            // A server that starts says nothing until it listens.
            const bool ended = process_->ended_within(std::chrono::milliseconds(20));
            if (ended || std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error(std::string("mariadbd does not start: ") + error.what() +
                                         "\n" + process_->err_so_far());
            }
        }
    }
}

void MariadbServer::stop_immediate() {
    process_->send(SIGKILL);
    process_->wait();
}

std::string MariadbServer::create_database(const std::string& options) {
    const std::string name = "db" + std::to_string(++databases_);
    query("mysql", "CREATE DATABASE " + name + " " + options);
    return name;
}

std::string MariadbServer::url(const std::string& database) const {
    return url(database, "ringtail", password());
}

std::string MariadbServer::url(const std::string& database, const std::string& user,
                               const std::string& password) const {
    return "mysql://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/" +
           database;
}

std::vector<SqlRow> MariadbServer::query(const std::string& database,
                                         const std::string& sql) const {
    const Handle handle = connect(socket(), database);
    std::vector<SqlRow> rows;
    const std::string text = "SET time_zone = '+00:00';\n" + sql;
    int state = mysql_real_query(handle.get(), text.data(), text.size());
    while (state == 0) {
        rows = rows_of(handle.get());
        state = mysql_next_result(handle.get());
    }
    if (state > 0) throw std::runtime_error(sql + ": " + mysql_error(handle.get()));
    return rows;
}

std::string MariadbServer::value(const std::string& database, const std::string& sql) const {
    const auto rows = query(database, sql);
    if (rows.empty()) throw std::runtime_error(sql + ": no row");
    return rows.front().front().value_or("NULL");
}

std::vector<std::string> MariadbServer::columns(const std::string& database,
                                                const std::string& table) const {
    std::vector<std::string> names;
    for (const auto& row :
         query(database,
               "SELECT COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
               "DATABASE() AND TABLE_NAME = " +
                   apostrophed(table) + " ORDER BY ORDINAL_POSITION")) {
        names.push_back(row[0].value_or(""));
    }
    return names;
}

}  // namespace ringtail::test
