#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "destination/relational/session.hpp"
#include "destination/sqlserver/errors.hpp"

// The ODBC calls, and nothing of SQL Server but its two drivers. Texts are UTF-8.
namespace ringtail::sqlserver {

// What a call that failed left behind.
struct OdbcFailure {
    std::vector<Diagnostic> said;
};

// When a call under way is to be given up.
struct GiveUp {
    std::stop_token stop = {};
    std::chrono::milliseconds after_stop{0};  // how long after it was requested
    std::chrono::seconds limit{0};            // 0: none
};

// One open connection. Closed, with what was not committed rolled back, by the destructor. One
// thread at a time.
class Odbc {
  public:
    // Blocks until connected, `timeout` at most. Throws OdbcFailure.
    Odbc(const std::string& connection_string, std::chrono::seconds timeout);
    ~Odbc();
    Odbc(const Odbc&) = delete;
    Odbc& operator=(const Odbc&) = delete;

    // The driver's own name: "libtdsodbc.so".
    std::string driver_name();

    // Runs a statement (several, with ; between them) and returns the rows of the last result that
    // has columns. Parameters go as nvarchar. Throws OdbcFailure; where `until` gave the call up
    // the server may be working on it still.
    std::vector<relational::Row> run(const std::string& sql,
                                     std::span<const relational::Param> params,
                                     const GiveUp& until);
    // A statement with one result, whose rows come one by one and are not kept. What `use` throws
    // ends it.
    void stream(const std::string& sql, std::span<const relational::Param> params,
                const GiveUp& until, const std::function<void(const relational::RowView&)>& use);

  private:
    struct Handles;
    std::unique_ptr<Handles> handles_;
};

}  // namespace ringtail::sqlserver
