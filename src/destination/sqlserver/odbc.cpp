#include "destination/sqlserver/odbc.hpp"

#include <sql.h>
#include <sqlext.h>

#include <fmt/core.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.hpp"

namespace ringtail::sqlserver {
namespace {

using relational::Param;
using relational::Row;

// Longer texts are sent as nvarchar(max). FreeTDS 1.3 cuts longer ones bound as SQL_WVARCHAR
// without a word.
constexpr std::size_t kShortBytes = 4'000;
// How often a call that does not end is cancelled again: a first try may come before the call.
constexpr std::chrono::milliseconds kAgain{100};

SQLCHAR* bytes(const std::string& text) {
    return reinterpret_cast<SQLCHAR*>(const_cast<char*>(text.data()));
}

// The attribute's value is a number, where the function takes a pointer.
SQLPOINTER number(std::uintptr_t value) {
    return reinterpret_cast<SQLPOINTER>(value);  // NOLINT(performance-no-int-to-ptr): ODBC's way
}

std::vector<Diagnostic> diagnostics(SQLSMALLINT type, SQLHANDLE handle) {
    std::vector<Diagnostic> said;
    std::array<SQLCHAR, 6> state{};
    std::array<SQLCHAR, 2048> message{};
    for (SQLSMALLINT record = 1;; ++record) {
        SQLINTEGER native = 0;
        SQLSMALLINT length = 0;
        const SQLRETURN result =
            SQLGetDiagRec(type, handle, record, state.data(), &native, message.data(),
                          static_cast<SQLSMALLINT>(message.size()), &length);
        if (!SQL_SUCCEEDED(result)) break;
        said.push_back({reinterpret_cast<const char*>(state.data()), native,
                        reinterpret_cast<const char*>(message.data())});
    }
    return said;
}

// An ODBC handle of any type.
class Handle {
  public:
    Handle(SQLSMALLINT type, SQLHANDLE parent) : type_(type) {
        if (!SQL_SUCCEEDED(SQLAllocHandle(type, parent, &handle_)))
            throw OdbcFailure{{{"HY001", 0, "no ODBC handle"}}};
    }
    ~Handle() { SQLFreeHandle(type_, handle_); }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    SQLHANDLE get() const { return handle_; }
    void check(SQLRETURN result) const {
        if (SQL_SUCCEEDED(result) || result == SQL_NO_DATA) return;
        throw OdbcFailure{diagnostics(type_, handle_)};
    }

  private:
    SQLSMALLINT type_;
    SQLHANDLE handle_ = SQL_NULL_HANDLE;
};

// Cancels the statement's call, from a thread of its own, when a stop is requested.
class Canceller {
  public:
    Canceller(SQLHANDLE statement, const GiveUp& until) {
        if (!until.stop.stop_possible()) return;
        thread_ = std::thread([this, statement, until] { watch(statement, until); });
    }
    ~Canceller() {
        if (!thread_.joinable()) return;
        {
            const std::lock_guard lock(mutex_);
            done_ = true;
        }
        changed_.notify_all();
        thread_.join();
    }
    Canceller(const Canceller&) = delete;
    Canceller& operator=(const Canceller&) = delete;

  private:
    void watch(SQLHANDLE statement, const GiveUp& until) {
        const auto done = [this] { return done_; };
        std::unique_lock lock(mutex_);
        if (changed_.wait(lock, until.stop, done)) return;
        changed_.wait_for(lock, until.after_stop, done);
        while (!done_) {
            SQLCancel(statement);
            changed_.wait_for(lock, kAgain, done);
        }
    }

    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool done_ = false;
    std::thread thread_;
};

// What SQLBindParameter keeps pointers to.
class Bound {
  public:
    Bound(const Handle& statement, std::span<const Param> params) : lengths_(params.size()) {
        for (std::size_t i = 0; i < params.size(); ++i) bind(statement, params[i], i);
    }

  private:
    void bind(const Handle& statement, const Param& param, std::size_t i) {
        static const std::string empty;
        const std::string& text = param ? *param : empty;
        if (text.find('\0') != std::string::npos)
            throw Error(Fault::bug, "a parameter for SQL Server holds U+0000");
        lengths_[i] = param ? static_cast<SQLLEN>(text.size()) : SQL_NULL_DATA;
        const bool is_long = text.size() > kShortBytes;
        statement.check(SQLBindParameter(
            statement.get(), static_cast<SQLUSMALLINT>(i + 1), SQL_PARAM_INPUT, SQL_C_CHAR,
            is_long ? SQL_WLONGVARCHAR : SQL_WVARCHAR, is_long ? text.size() : kShortBytes, 0,
            bytes(text), static_cast<SQLLEN>(text.size()), &lengths_[i]));
    }

    std::vector<SQLLEN> lengths_;
};

std::optional<std::string> read_time(const Handle& statement, SQLUSMALLINT column) {
    SQL_TIMESTAMP_STRUCT time{};
    SQLLEN length = 0;
    statement.check(
        SQLGetData(statement.get(), column, SQL_C_TYPE_TIMESTAMP, &time, sizeof(time), &length));
    if (length == SQL_NULL_DATA) return std::nullopt;
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", time.year, time.month, time.day,
                       time.hour, time.minute, time.second, time.fraction / 1000);
}

std::optional<std::string> read_text(const Handle& statement, SQLUSMALLINT column) {
    std::string text;
    std::array<char, 8'192> piece{};
    while (true) {
        SQLLEN length = 0;
        const SQLRETURN result = SQLGetData(statement.get(), column, SQL_C_CHAR, piece.data(),
                                            static_cast<SQLLEN>(piece.size()), &length);
        if (result == SQL_NO_DATA) return text;
        statement.check(result);
        if (length == SQL_NULL_DATA) return std::nullopt;
        // What did not fit ends with a 0, and comes with the next call.
        const std::size_t room = piece.size() - 1;
        const bool whole = length != SQL_NO_TOTAL && static_cast<std::size_t>(length) <= room;
        text.append(piece.data(), whole ? static_cast<std::size_t>(length)
                                        : std::char_traits<char>::length(piece.data()));
        if (whole) return text;
    }
}

std::vector<bool> time_columns(const Handle& statement, SQLSMALLINT count) {
    std::vector<bool> are_times;
    for (SQLSMALLINT i = 1; i <= count; ++i) {
        std::array<SQLCHAR, 300> name{};
        SQLSMALLINT length = 0, type = 0, scale = 0, nullable = 0;
        SQLULEN size = 0;
        statement.check(SQLDescribeCol(statement.get(), static_cast<SQLUSMALLINT>(i), name.data(),
                                       static_cast<SQLSMALLINT>(name.size()), &length, &type, &size,
                                       &scale, &nullable));
        are_times.push_back(type == SQL_TYPE_TIMESTAMP);
    }
    return are_times;
}

// Calls `use` with each row.
template <typename Use>
void read_rows(const Handle& statement, SQLSMALLINT count, Use use) {
    const auto are_times = time_columns(statement, count);
    while (true) {
        const SQLRETURN result = SQLFetch(statement.get());
        if (result == SQL_NO_DATA) return;
        statement.check(result);
        Row row;
        row.reserve(are_times.size());
        for (std::size_t i = 0; i < are_times.size(); ++i) {
            const auto column = static_cast<SQLUSMALLINT>(i + 1);
            row.push_back(are_times[i] ? read_time(statement, column)
                                       : read_text(statement, column));
        }
        use(std::move(row));
    }
}

void set_limit(const Handle& statement, const GiveUp& until) {
    if (until.limit.count() == 0) return;
    const auto seconds = static_cast<std::uintptr_t>(until.limit.count());
    SQLSetStmtAttr(statement.get(), SQL_ATTR_QUERY_TIMEOUT, number(seconds), SQL_IS_UINTEGER);
}

}  // namespace

struct Odbc::Handles {
    Handle environment{SQL_HANDLE_ENV, SQL_NULL_HANDLE};
    std::optional<Handle> connection;
    bool is_open = false;

    ~Handles() {
        if (is_open) SQLDisconnect(connection->get());
    }
};

Odbc::Odbc(const std::string& connection_string, std::chrono::seconds timeout)
    : handles_(std::make_unique<Handles>()) {
    const Handle& environment = handles_->environment;
    environment.check(
        SQLSetEnvAttr(environment.get(), SQL_ATTR_ODBC_VERSION, number(SQL_OV_ODBC3), 0));
    handles_->connection.emplace(static_cast<SQLSMALLINT>(SQL_HANDLE_DBC), environment.get());
    const Handle& connection = *handles_->connection;
    const auto seconds = static_cast<std::uintptr_t>(timeout.count());
    SQLSetConnectAttr(connection.get(), SQL_ATTR_LOGIN_TIMEOUT, number(seconds), SQL_IS_UINTEGER);
    connection.check(SQLDriverConnect(connection.get(), nullptr, bytes(connection_string),
                                      static_cast<SQLSMALLINT>(connection_string.size()), nullptr,
                                      0, nullptr, SQL_DRIVER_NOPROMPT));
    handles_->is_open = true;
}

Odbc::~Odbc() = default;

void Odbc::stream(const std::string& sql, std::span<const Param> params, const GiveUp& until,
                  const std::function<void(const relational::RowView&)>& use) {
    const Handle statement(SQL_HANDLE_STMT, handles_->connection->get());
    set_limit(statement, until);
    const Bound bound(statement, params);
    const Canceller canceller(statement.get(), until);
    statement.check(
        SQLExecDirect(statement.get(), bytes(sql), static_cast<SQLINTEGER>(sql.size())));
    SQLSMALLINT columns = 0;
    statement.check(SQLNumResultCols(statement.get(), &columns));
    read_rows(statement, columns,
              [&](const Row& row) { use(relational::RowView(row.begin(), row.end())); });
}

std::string Odbc::driver_name() {
    std::array<char, 256> name{};
    SQLSMALLINT length = 0;
    const Handle& connection = *handles_->connection;
    connection.check(SQLGetInfo(connection.get(), SQL_DRIVER_NAME, name.data(),
                                static_cast<SQLSMALLINT>(name.size()), &length));
    return name.data();
}

std::vector<Row> Odbc::run(const std::string& sql, std::span<const Param> params,
                           const GiveUp& until) {
    const Handle statement(SQL_HANDLE_STMT, handles_->connection->get());
    set_limit(statement, until);
    const Bound bound(statement, params);
    const Canceller canceller(statement.get(), until);
    std::vector<Row> rows;
    SQLRETURN result =
        SQLExecDirect(statement.get(), bytes(sql), static_cast<SQLINTEGER>(sql.size()));
    while (true) {
        statement.check(result);
        SQLSMALLINT columns = 0;
        if (result != SQL_NO_DATA)  // as a change of no rows may say too
            statement.check(SQLNumResultCols(statement.get(), &columns));
        if (columns > 0) {
            rows.clear();
            read_rows(statement, columns, [&](Row row) { rows.push_back(std::move(row)); });
        }
        result = SQLMoreResults(statement.get());
        if (result == SQL_NO_DATA) return rows;
    }
}

}  // namespace ringtail::sqlserver
