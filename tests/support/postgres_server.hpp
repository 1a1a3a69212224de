#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace ringtail::test {

using SqlRow = std::vector<std::optional<std::string>>;

// A PostgreSQL server of the test's own: new data folder below /tmp, unix socket in it, loopback
// TCP with password. Started as the user postgres where the test runs as root, which PostgreSQL
// refuses. Failures throw std::runtime_error with the server's log.
class PostgresServer {
  public:
    enum class Durability { real, none };  // fsync on or off
    explicit PostgresServer(Durability durability = Durability::none);
    ~PostgresServer();
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    // The one that all tests of a program share, started by the first; without fsync.
    static PostgresServer& shared();

    void start();           // returns when it takes connections
    void stop_immediate();  // as by a power cut

    // A new, empty database; `options` is the end of CREATE DATABASE. Returns its name.
    std::string create_database(const std::string& options = "");
    // As the superuser, over TCP with its password.
    std::string url(const std::string& database) const;
    std::string url(const std::string& database, const std::string& user,
                    const std::string& password) const;
    int port() const { return port_; }
    static std::string password() { return "s3cret-canary"; }

    // Runs one or more statements as the superuser; the rows of the last one. Not through the code
    // under test.
    std::vector<SqlRow> query(const std::string& database, const std::string& sql) const;
    // The first value of the first row; "NULL" for NULL.
    std::string value(const std::string& database, const std::string& sql) const;

  private:
    void run(std::vector<std::string> words) const;
    std::vector<std::string> as_server_user(std::vector<std::string> words) const;

    TemporaryFolder folder_;
    std::string data_;
    std::string settings_;
    int port_ = 0;
    int databases_ = 0;
    bool running_ = false;
};

}  // namespace ringtail::test
