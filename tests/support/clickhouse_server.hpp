#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/process.hpp"

namespace ringtail::test {

// A ClickHouse server of the test's own: new folder below /tmp, free loopback ports. Failures throw
// std::runtime_error with the server's log.
class ClickHouseServer {
  public:
    using Row = std::vector<std::optional<std::string>>;

    // Of a cluster: where ZooKeeper is, who is in the cluster, and who this server is.
    struct Member {
        int tcp_port = 0;
        std::string shard;
        std::string replica;
    };
    struct Cluster {
        int zookeeper_port = 0;
        std::string name;
        std::vector<Member> members;
        std::size_t self = 0;
    };
    // Files of a certificate and its key; with them the server also speaks HTTPS.
    struct Certificate {
        std::string certificate, key;
    };
    explicit ClickHouseServer(const std::optional<Cluster>& cluster = {},
                              const std::optional<Certificate>& certificate = {});
    ~ClickHouseServer();
    ClickHouseServer(const ClickHouseServer&) = delete;
    ClickHouseServer& operator=(const ClickHouseServer&) = delete;

    // The one that all tests of a program share, started by the first.
    static ClickHouseServer& shared();

    void start();  // returns when it answers
    void kill();   // as by a power cut of the process
    // What it has said of errors, and how it ended if it did so by itself: for a test that fails.
    std::string log() const;

    // A new, empty database. Returns its name.
    std::string create_database();
    // As a user with all rights and this password; `query` is the URL's end, without "?".
    std::string url(const std::string& database, const std::string& query = "pause=0") const;
    // As the user "reader", who may read only.
    std::string reader_url(const std::string& database) const;
    // As the user "limited", who may do everything until it may only read, and the reverse.
    std::string limited_url(const std::string& database) const;
    enum class Rights { all, reading };
    void limit(Rights rights) const;
    std::string https_url(const std::string& database) const;
    int port() const { return http_port_; }
    int tcp_port() const { return tcp_port_; }
    static std::string password() { return "s3cret-c@nary"; }

    // One statement, not through the code under test. With an answer it ends in FORMAT
    // TabSeparated; \N is nothing.
    std::vector<Row> query(const std::string& database, const std::string& sql) const;
    // The first value of the first row; "NULL" for NULL.
    std::string value(const std::string& database, const std::string& sql) const;
    // The columns of a table, in its order; empty: there is no such table.
    std::vector<std::string> columns(const std::string& database, const std::string& table) const;

    static std::string quoted(const std::string& name);   // an identifier
    static std::string literal(const std::string& text);  // a string

  private:
    std::string url_of(const std::string& scheme, int port, const std::string& user,
                       const std::string& database) const;
    void write_settings(const std::optional<Cluster>& cluster,
                        const std::optional<Certificate>& certificate) const;
    void write_users(Rights of_limited) const;

    TemporaryFolder folder_;
    int http_port_ = 0, https_port_ = 0, tcp_port_ = 0, interserver_port_ = 0;
    std::unique_ptr<Process> process_;
};

}  // namespace ringtail::test
