#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/postgres_server.hpp"
#include "support/process.hpp"

namespace ringtail::test {

// A MariaDB server of the test's own: new data folder below /tmp, unix socket in it, loopback TCP
// with password. Started as the user mysql where the test runs as root. Failures throw
// std::runtime_error with the server's log.
class MariadbServer {
  public:
    using Durability = PostgresServer::Durability;
    // `settings` are further words of mariadbd's command line.
    explicit MariadbServer(Durability durability = Durability::none,
                           std::vector<std::string> settings = {});
    ~MariadbServer();
    MariadbServer(const MariadbServer&) = delete;
    MariadbServer& operator=(const MariadbServer&) = delete;

    // The one that all tests of a program share, started by the first.
    static MariadbServer& shared();

    void start();           // returns when it takes connections
    void stop_immediate();  // as by a power cut

    // A new, empty database. Returns its name.
    std::string create_database(const std::string& options = "CHARACTER SET utf8mb4");
    // As the administrator, over TCP with the password.
    std::string url(const std::string& database) const;
    std::string url(const std::string& database, const std::string& user,
                    const std::string& password) const;
    int port() const { return port_; }
    std::string socket() const { return folder_.path() + "/socket"; }
    static std::string password() { return "s3cret-canary"; }

    // Runs statements that are separated by ";\n" as the administrator over the socket, in UTC and
    // with the server's own SQL mode; the rows of the last one. Not through the code under test.
    std::vector<SqlRow> query(const std::string& database, const std::string& sql) const;
    // The first value of the first row; "NULL" for NULL.
    std::string value(const std::string& database, const std::string& sql) const;
    // The names of a table's columns, in order.
    std::vector<std::string> columns(const std::string& database, const std::string& table) const;

  private:
    TemporaryFolder folder_;
    std::vector<std::string> words_;
    std::unique_ptr<Process> process_;
    int port_ = 0;
    int databases_ = 0;
};

// `name` with backticks around it, those inside doubled; and 'text'.
std::string ticked(const std::string& name);
std::string apostrophed(const std::string& text);

}  // namespace ringtail::test
