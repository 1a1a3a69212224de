#include "destination/postgres/connection.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <thread>
#include <vector>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "destination/postgres/errors.hpp"

namespace ringtail::postgres {
namespace {

using Time = std::chrono::steady_clock;
// How soon a requested stop is noticed.
constexpr std::chrono::milliseconds kSlice{100};
// How long the answer to a COMMIT is waited for once a stop is requested.
constexpr std::chrono::seconds kLastWords{5};
// Generated columns can be told from others since 12.
constexpr int kOldestServer = 120'000;
constexpr int kChoosesCompression = 140'000;

std::string field(const PGresult* result, int code) {
    const char* text = PQresultErrorField(result, code);
    return text == nullptr ? "" : text;
}

ServerError said_by(const PGresult* result) {
    return {.sqlstate = field(result, PG_DIAG_SQLSTATE),
            .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
            .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
            .hint = field(result, PG_DIAG_MESSAGE_HINT),
            .schema = field(result, PG_DIAG_SCHEMA_NAME),
            .table = field(result, PG_DIAG_TABLE_NAME),
            .column = field(result, PG_DIAG_COLUMN_NAME),
            .constraint = field(result, PG_DIAG_CONSTRAINT_NAME)};
}

void ignore_notice(void*, const PGresult*) {}

std::vector<const char*> pointers(std::span<const Param> params) {
    std::vector<const char*> values;
    for (const Param& param : params) {
        if (param && param->find('\0') != std::string::npos) {
            throw Error(Fault::bug, "a parameter for PostgreSQL holds U+0000");
        }
        values.push_back(param ? param->c_str() : nullptr);
    }
    return values;
}

}  // namespace

void Rows::Clear::operator()(pg_result* result) const { PQclear(result); }
std::size_t Rows::size() const { return static_cast<std::size_t>(PQntuples(result_.get())); }
bool Rows::is_null(std::size_t row, int column) const {
    return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
}
std::string_view Rows::text(std::size_t row, int column) const {
    return {PQgetvalue(result_.get(), static_cast<int>(row), column),
            static_cast<std::size_t>(PQgetlength(result_.get(), static_cast<int>(row), column))};
}
std::int64_t Rows::number(std::size_t row, int column) const {
    const std::string_view digits = text(row, column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}
std::uint64_t Rows::affected() const {
    const std::string_view digits = PQcmdTuples(result_.get());
    std::uint64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

void Connection::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

Connection::Connection(std::string url, Logger& log) : url_text_(std::move(url)), log_(log) {}
Connection::~Connection() = default;

void Connection::drop() noexcept {
    connection_.reset();
    prepared_.clear();
}

void Connection::open() {
    if (connection_ && PQstatus(connection_.get()) == CONNECTION_OK) return;
    // A new connection would know nothing of what the transaction has done.
    if (in_transaction_) throw to_error({.message = "connection lost"}, where());
    drop();
    if (url_.text.empty()) url_ = read_url(url_text_);
    connect();
    ++session_;
    set_up_session();
}

void Connection::connect() {
    // What stands before "dbname" can be overridden by the URL, what stands after it cannot.
    const std::array<const char*, 8> keywords{
        "fallback_application_name", "keepalives_idle", "keepalives_interval", "keepalives_count",
        "tcp_user_timeout",          "dbname",          "client_encoding",     nullptr};
    const std::array<const char*, 8> values{"ringtail",        "30",   "10",   "3", "60000",
                                            url_.text.c_str(), "UTF8", nullptr};
    connection_.reset(PQconnectStartParams(keywords.data(), values.data(), 1));
    if (!connection_) throw Error(Fault::transient, "out of memory for a PostgreSQL connection");
    PQsetErrorVerbosity(connection_.get(),
                        PQERRORS_VERBOSE);  // for the code, see to_connect_error()
    PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
    deadline_ = Time::now() + std::chrono::seconds(url_.connect_timeout_s);
    PostgresPollingStatusType state = PGRES_POLLING_WRITING;
    while (state == PGRES_POLLING_READING || state == PGRES_POLLING_WRITING) {
        if (PQstatus(connection_.get()) == CONNECTION_BAD) break;
        wait(state == PGRES_POLLING_WRITING);
        state = PQconnectPoll(connection_.get());
    }
    if (state != PGRES_POLLING_OK) {
        const std::string message = url_.redact(PQerrorMessage(connection_.get()));
        drop();
        throw to_connect_error(message, where());
    }
    if (PQserverVersion(connection_.get()) < kOldestServer) {
        drop();
        throw Error(Fault::config,
                    "PostgreSQL, " + where() + ": the server is older than version 12");
    }
    PQsetErrorVerbosity(connection_.get(), PQERRORS_DEFAULT);
    PQsetnonblocking(connection_.get(), 1);
}

void Connection::set_up_session() {
    // What a role's settings for its users' questions must not change. A load takes as long as it
    // takes.
    const Rows rows = run(R"(SELECT current_schema(), current_user, current_database(),
        set_config('TimeZone', 'UTC', false),
        set_config('DateStyle', 'ISO, YMD', false),
        set_config('standard_conforming_strings', 'on', false),
        set_config('statement_timeout', '0', false),
        set_config('jit', 'off', false),
        set_config('default_transaction_read_only', 'off', false),
        set_config('default_transaction_isolation', 'read committed', false))");
    schema_ = rows.text(0, 0);
    user_ = rows.text(0, 1);
    database_ = rows.text(0, 2);
    // Long texts are a fifth of a load's work with pglz. Where somebody has chosen, that stands.
    if (PQserverVersion(connection_.get()) >= kChoosesCompression) {
        run(R"(SELECT set_config(name, 'lz4', false) FROM pg_settings
            WHERE name = 'default_toast_compression' AND source = 'default'
            AND 'lz4' = ANY (enumvals))");
    }
}

const std::string& Connection::schema() {
    if (user_.empty()) open();
    if (schema_.empty()) {
        throw Error(Fault::config,
                    "PostgreSQL, " + where() + ": the search path names no schema that exists")
            .with_hint("CREATE SCHEMA ringtail; ALTER ROLE " + user_ +
                       " SET search_path = ringtail;");
    }
    return schema_;
}

const std::string& Connection::user() {
    if (user_.empty()) open();
    return user_;
}

const std::string& Connection::database() {
    if (user_.empty()) open();
    return database_;
}

std::string Connection::server_encoding() {
    open();
    const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
    return encoding == nullptr ? "" : encoding;
}

Rows Connection::run(const std::string& sql, std::span<const Param> params) {
    open();
    const auto values = pointers(params);
    sent([&] {
        return PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                 nullptr, values.data(), nullptr, nullptr, 0);
    });
    return receive();
}

void Connection::each_row(const std::string& sql, std::span<const Param> params,
                          const std::function<void(const Rows&)>& use) {
    open();
    const auto values = pointers(params);
    sent([&] {
        return PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                 nullptr, values.data(), nullptr, nullptr, 0);
    });
    PQsetSingleRowMode(connection_.get());
    try {
        for (Rows rows = take_result(); rows.size() != 0; rows = take_result()) use(rows);
        receive_end(Rows(nullptr));
    } catch (...) {
        cancel();
        drop();
        throw;
    }
}

Rows Connection::run_prepared(const std::string& sql, std::span<const Param> params) {
    open();
    const auto values = pointers(params);
    std::string& name = prepared_[sql];
    if (name.empty()) {
        const std::string fresh = "s" + std::to_string(prepared_.size());
        sent([&] {
            return PQsendPrepare(connection_.get(), fresh.c_str(), sql.c_str(), 0, nullptr);
        });
        receive();
        name = fresh;
    }
    sent([&] {
        return PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()),
                                   values.data(), nullptr, nullptr, 0);
    });
    return receive();
}

void Connection::send(const std::string& sql) {
    open();
    sent([&] { return PQsendQuery(connection_.get(), sql.c_str()); });
}

template <typename Call>
void Connection::sent(Call call) {
    deadline_.reset();
    if (patience_.limit) deadline_ = Time::now() + *patience_.limit;
    if (call() == 0) lost();
    flush();
}

Rows Connection::receive() { return receive_end(take_result()); }

// The end of a statement is a result that is no result.
Rows Connection::receive_end(Rows last) {
    while (true) {
        while (PQisBusy(connection_.get()) != 0) {
            wait(false);
            if (PQconsumeInput(connection_.get()) == 0) lost();
        }
        PGresult* more = PQgetResult(connection_.get());
        if (more == nullptr) return last;
        last = Rows(more);
        const auto status = PQresultStatus(more);
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_with(more);
    }
}

Rows Connection::take_result() {
    while (PQisBusy(connection_.get()) != 0) {
        wait(false);
        if (PQconsumeInput(connection_.get()) == 0) lost();
    }
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) lost();
    Rows rows(result);
    const auto status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_SINGLE_TUPLE &&
        status != PGRES_COPY_IN)
        fail_with(result);
    return rows;
}

void Connection::copy_begin(const std::string& sql) {
    send(sql);
    take_result();
}

void Connection::copy_data(std::string_view data) {
    if (PQputCopyData(connection_.get(), data.data(), static_cast<int>(data.size())) != 1) lost();
    flush();
}

std::uint64_t Connection::copy_end() {
    if (PQputCopyEnd(connection_.get(), nullptr) != 1) lost();
    flush();
    return receive().affected();
}

// Until everything is in the hands of the kernel. The server may have to be read from meanwhile, or
// both wait.
void Connection::flush() {
    while (true) {
        const int left = PQflush(connection_.get());
        if (left < 0) lost();
        if (left == 0) return;
        wait(true);
        if (PQconsumeInput(connection_.get()) == 0) lost();
    }
}

void Connection::wait(bool for_write) {
    pollfd socket{PQsocket(connection_.get()), POLLIN, 0};
    if (for_write) socket.events |= POLLOUT;
    if (PQstatus(connection_.get()) != CONNECTION_OK) socket.events = for_write ? POLLOUT : POLLIN;
    while (true) {
        const bool patient = !patience_.stop.stop_possible() && !deadline_;
        const int ready = ::poll(&socket, 1, patient ? -1 : static_cast<int>(kSlice.count()));
        if (ready > 0) return;
        if (patience_.stop.stop_requested() && committing_) {
            // Too late to take it back; but an answer that does not come is not waited for.
            if (!deadline_) deadline_ = Time::now() + kLastWords;
        } else if (patience_.stop.stop_requested()) {
            cancel();
            drop();
            throw Error(Fault::stopped, "stopped");
        }
        if (deadline_ && Time::now() > *deadline_) {
            cancel();
            drop();
            throw Error(Fault::transient, "PostgreSQL, " + where() + ": no answer in time");
        }
    }
}

// Asks the server to give the statement up. That is a connection of its own, which may hang where
// this one does, so nobody waits for it.
void Connection::cancel() noexcept {
    if (!connection_ || PQstatus(connection_.get()) != CONNECTION_OK) return;
    try {
        std::shared_ptr<PGcancel> ticket(PQgetCancel(connection_.get()), PQfreeCancel);
        if (!ticket) return;
        std::thread([ticket] {
            std::array<char, 256> message{};
            PQcancel(ticket.get(), message.data(), static_cast<int>(message.size()));
        }).detach();
    } catch (const std::exception& error) {
        log_.debug(std::string("statement not cancelled: ") + error.what());
    }
}

void Connection::check_stop() const {
    if (patience_.stop.stop_requested()) throw Error(Fault::stopped, "stopped");
}

void Connection::fail_with(pg_result* result) {
    const ServerError said = said_by(result);
    if (said.sqlstate.empty()) lost();
    drop();
    throw to_error(said, where());
}

void Connection::lost() {
    std::string message = url_.redact(PQerrorMessage(connection_.get()));
    while (!message.empty() && message.back() == '\n') message.pop_back();
    std::replace(message.begin(), message.end(), '\n', ' ');
    drop();
    throw to_error({.message = "connection lost: " + message}, where());
}

Transaction::Transaction(Connection& connection) : connection_(connection) {
    connection_.run("BEGIN");
    connection_.in_transaction_ = true;
}

Transaction::~Transaction() {
    connection_.in_transaction_ = false;
    connection_.committing_ = false;
    if (!done_) connection_.drop();
}

void Transaction::commit() {
    connection_.check_stop();
    connection_.committing_ = true;
    connection_.send("COMMIT");
    failpoint("commit_sent");
    connection_.receive();
    done_ = true;
    failpoint("commit_done");
}

}  // namespace ringtail::postgres
