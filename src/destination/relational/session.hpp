#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::relational {

using Param = std::optional<std::string>;  // nothing: NULL
using Row = std::vector<Param>;
// Valid until the next row; nothing: NULL.
using RowView = std::vector<std::optional<std::string_view>>;

// What a statement gave back, as texts. Times are "YYYY-MM-DD hh:mm:ss[.ffffff]", UTC.
struct Answer {
    std::vector<Row> rows;
    std::uint64_t affected = 0;  // rows an INSERT, UPDATE or DELETE found to work on
};

// How long statements may wait. A requested stop ends the one under way: Error(stopped). Beyond
// `limit`: Error(transient).
struct Patience {
    std::stop_token stop = {};
    std::optional<std::chrono::seconds> limit = {};  // for each statement
};

// One connection to a server, made by the first call after construction or drop(). Statements that
// fail throw SqlError and roll back what was open. One thread at a time.
class Session {
  public:
    virtual ~Session() = default;
    virtual void set_patience(Patience patience) = 0;
    // `sql` has a ? for each of `params`, except inside quotes.
    virtual Answer run(const std::string& sql, std::span<const Param> params) = 0;
    // The same for a SELECT whose rows come one by one and are not kept. `use` must not use the
    // session; what it throws ends the connection.
    virtual void stream(const std::string& sql, std::span<const Param> params,
                        const std::function<void(const RowView&)>& use) = 0;
    virtual void begin() = 0;
    // Passes failpoint("commit_sent") once the server has been told, "commit_done" when it has
    // answered. Once it has been told, a requested stop waits a little for the answer.
    virtual void commit() = 0;
    // Ends the connection, which rolls back what was open.
    virtual void drop() noexcept = 0;
    // Connects where needed. Changes with each new connection: what belonged to the old one
    // (temporary tables) is gone.
    virtual std::uint64_t number() = 0;

    Answer run(const std::string& sql, std::initializer_list<Param> params = {}) {
        return run(sql, std::span(params.begin(), params.size()));
    }
};

// Rolled back, by dropping the connection, unless committed.
class Transaction {
  public:
    explicit Transaction(Session& session) : session_(session) { session_.begin(); }
    ~Transaction() {
        if (!done_) session_.drop();
    }
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit() {
        session_.commit();
        done_ = true;
    }

  private:
    Session& session_;
    bool done_ = false;
};

// Ends a patience's reach with a scope.
class PatienceScope {
  public:
    PatienceScope(Session& session, Patience patience) : session_(session) {
        session_.set_patience(std::move(patience));
    }
    ~PatienceScope() { session_.set_patience({}); }
    PatienceScope(const PatienceScope&) = delete;
    PatienceScope& operator=(const PatienceScope&) = delete;

  private:
    Session& session_;
};

}  // namespace ringtail::relational
