#include "support/postgres_server.hpp"

#include <libpq-fe.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/free_port.hpp"

namespace ringtail::test {
namespace {

namespace fs = std::filesystem;

// Where initdb and pg_ctl are: RINGTAIL_TEST_POSTGRES_BIN, or the newest below /usr/lib/postgresql.
std::string programs() {
    if (const char* given = std::getenv("RINGTAIL_TEST_POSTGRES_BIN")) return given;
    const fs::path root = "/usr/lib/postgresql";
    std::pair<int, std::string> newest{0, ""};
    if (fs::exists(root)) {
        for (const auto& version : fs::directory_iterator(root)) {
            const fs::path bin = version.path() / "bin";
            if (!fs::exists(bin / "initdb")) continue;
            newest = std::max(newest, {std::atoi(version.path().filename().c_str()), bin.string()});
        }
    }
    if (newest.second.empty()) {
        throw std::runtime_error(
            "no PostgreSQL server is installed: apt-get install postgresql, or set "
            "RINGTAIL_TEST_POSTGRES_BIN to the folder of initdb");
    }
    return newest.second;
}

std::string content(const std::string& file) {
    std::ostringstream text;
    text << std::ifstream(file).rdbuf();
    return text.str();
}

}  // namespace

PostgresServer::PostgresServer(Durability durability)
    : data_(folder_.path() + "/data"), port_(free_port()) {
    settings_ =
        "-p " + std::to_string(port_) + " -k " + folder_.path() + " -c listen_addresses=127.0.0.1";
    if (durability == Durability::none) {
        settings_ += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off";
    }
    const std::string password_file = folder_.path() + "/password";
    std::ofstream(password_file) << password() << '\n';
    if (::geteuid() == 0) {
        const passwd* user = ::getpwnam("postgres");
        if (user == nullptr)
            throw std::runtime_error("there is no user postgres to run the server as");
        for (const std::string& path : {folder_.path(), password_file}) {
            if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
                throw std::runtime_error("chown " + path + " failed");
            }
        }
    }
    run({programs() + "/initdb", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8",
         "--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256",
         "--pwfile=" + password_file, "-D", data_});
    start();
}

PostgresServer::~PostgresServer() {
    if (!running_) return;
    try {
        stop_immediate();
    } catch (const std::exception&) {  // the folder goes anyway
    }
}

PostgresServer& PostgresServer::shared() {
    static PostgresServer server;
    return server;
}

void PostgresServer::start() {
    run({programs() + "/pg_ctl", "start", "-w", "-t", "60", "-D", data_, "-l",
         folder_.path() + "/log", "-o", settings_});
    running_ = true;
}

void PostgresServer::stop_immediate() {
    run({programs() + "/pg_ctl", "stop", "-w", "-t", "60", "-m", "immediate", "-D", data_});
    running_ = false;
}

std::vector<std::string> PostgresServer::as_server_user(std::vector<std::string> words) const {
    if (::geteuid() == 0)
        words.insert(words.begin(), {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres",
                                     "--clear-groups"});
    return words;
}

void PostgresServer::run(std::vector<std::string> words) const {
    const std::string program = words.front();
    const Outcome outcome = test::run(as_server_user(std::move(words)));
    if (outcome.code == 0) return;
    throw std::runtime_error(program + " failed: " + outcome.out + outcome.err +
                             content(folder_.path() + "/log"));
}

std::string PostgresServer::create_database(const std::string& options) {
    const std::string name = "db" + std::to_string(++databases_);
    query("postgres", "CREATE DATABASE " + name + " " + options);
    return name;
}

std::string PostgresServer::url(const std::string& database) const {
    return url(database, "postgres", password());
}

std::string PostgresServer::url(const std::string& database, const std::string& user,
                                const std::string& password) const {
    return "postgres://" + user + ":" + password + "@127.0.0.1:" + std::to_string(port_) + "/" +
           database;
}

std::vector<SqlRow> PostgresServer::query(const std::string& database,
                                          const std::string& sql) const {
    const std::string target = "host=" + folder_.path() + " port=" + std::to_string(port_) +
                               " user=postgres client_encoding=UTF8 dbname=" + database;
    const std::unique_ptr<PGconn, void (*)(PGconn*)> connection(PQconnectdb(target.c_str()),
                                                                PQfinish);
    PQsetNoticeReceiver(
        connection.get(), [](void*, const PGresult*) {}, nullptr);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
        PQexec(connection.get(), sql.c_str()), PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        throw std::runtime_error(sql + ": " + PQerrorMessage(connection.get()));
    }
    std::vector<SqlRow> rows(static_cast<std::size_t>(PQntuples(result.get())));
    for (std::size_t row = 0; row < rows.size(); ++row) {
        for (int column = 0; column < PQnfields(result.get()); ++column) {
            const int place = static_cast<int>(row);
            if (PQgetisnull(result.get(), place, column) != 0) {
                rows[row].emplace_back();
            } else {
                rows[row].emplace_back(PQgetvalue(result.get(), place, column));
            }
        }
    }
    return rows;
}

std::string PostgresServer::value(const std::string& database, const std::string& sql) const {
    const auto rows = query(database, sql);
    if (rows.empty()) throw std::runtime_error(sql + ": no row");
    return rows.front().front().value_or("NULL");
}

}  // namespace ringtail::test
