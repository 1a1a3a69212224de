#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "destination/postgres/url.hpp"

struct pg_conn;
struct pg_result;

namespace ringtail::postgres {

// The rows a statement gave back, as text.
class Rows {
  public:
    explicit Rows(pg_result* result) : result_(result) {}
    std::size_t size() const;
    bool is_null(std::size_t row, int column) const;
    std::string_view text(std::size_t row, int column) const;  // of NULL: ""
    std::int64_t number(std::size_t row, int column) const;
    bool boolean(std::size_t row, int column) const { return text(row, column) == "t"; }
    std::uint64_t affected() const;  // rows an INSERT, UPDATE, DELETE or COPY touched

  private:
    struct Clear {
        void operator()(pg_result* result) const;
    };
    std::unique_ptr<pg_result, Clear> result_;
};

using Param = std::optional<std::string>;  // nothing: NULL

// One connection to the server, made by the first statement after construction or drop(). After any
// Error it is dropped, which also rolls back what was open, and the next statement makes a new one.
// One thread at a time.
class Connection {
  public:
    Connection(std::string url, Logger& log);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // How long statements may wait. A requested stop cancels the one under way: Error(stopped).
    // Beyond `limit`: Error(transient).
    struct Patience {
        std::stop_token stop = {};
        std::optional<std::chrono::seconds> limit = {};  // for each statement
    };
    void set_patience(Patience patience) { patience_ = std::move(patience); }

    void open();
    void drop() noexcept;
    // Changes with each new connection: what belonged to the old session (temporary tables) is
    // gone.
    std::uint64_t session() const { return session_; }
    const std::string& where() const { return url_.shown; }
    // The first schema of the search path, where new tables go.
    const std::string& schema();
    const std::string& user();
    const std::string& database();
    // "UTF8" and the like.
    std::string server_encoding();

    Rows run(const std::string& sql, std::span<const Param> params = {});
    Rows run(const std::string& sql, std::initializer_list<Param> params) {
        return run(sql, std::span(params.begin(), params.size()));
    }
    // Prepared by the session's first call with this text.
    Rows run_prepared(const std::string& sql, std::span<const Param> params);

    // The same as run(), but the rows come one by one, each in a Rows of its own, and are not kept.
    // `use` must not use the connection.
    void each_row(const std::string& sql, std::span<const Param> params,
                  const std::function<void(const Rows&)>& use);

    // The two halves of run(sql) for a statement without parameters.
    void send(const std::string& sql);
    Rows receive();

    // Starts "COPY … FROM STDIN"; then any number of copy_data, then copy_end.
    void copy_begin(const std::string& sql);
    void copy_data(std::string_view data);
    std::uint64_t copy_end();  // how many rows arrived

    void check_stop() const;  // Error(stopped)

  private:
    friend class Transaction;
    void connect();
    void set_up_session();
    void flush();
    void wait(bool for_write);
    void cancel() noexcept;
    Rows take_result();
    Rows receive_end(Rows last);
    template <typename Call>
    void sent(Call call);
    [[noreturn]] void fail_with(pg_result* result);
    [[noreturn]] void lost();

    struct Finish {
        void operator()(pg_conn* connection) const;
    };
    const std::string url_text_;
    Url url_;
    Logger& log_;
    Patience patience_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    std::unique_ptr<pg_conn, Finish> connection_;
    std::uint64_t session_ = 0;
    std::string schema_, user_, database_;
    std::map<std::string, std::string> prepared_;  // text -> name
    bool in_transaction_ = false;
    bool committing_ = false;
};

// Rolled back, by dropping the connection, unless committed.
class Transaction {
  public:
    explicit Transaction(Connection& connection);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Connection& connection_;
    bool done_ = false;
};

// Ends a patience's reach with a scope.
class PatienceScope {
  public:
    PatienceScope(Connection& connection, Connection::Patience patience) : connection_(connection) {
        connection_.set_patience(std::move(patience));
    }
    ~PatienceScope() { connection_.set_patience({}); }
    PatienceScope(const PatienceScope&) = delete;
    PatienceScope& operator=(const PatienceScope&) = delete;

  private:
    Connection& connection_;
};

}  // namespace ringtail::postgres
