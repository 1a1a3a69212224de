#include "destination/mysql/connection.hpp"

#include <fmt/core.h>
#include <mysql.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <map>
#include <thread>
#include <utility>

#include "base/failpoint.hpp"
#include "destination/mysql/literal.hpp"
#include "destination/mysql/watch.hpp"

namespace ringtail::mysql {
namespace {

using relational::Answer;
using relational::Param;

// After such a pause the server may have closed the connection; it is asked before it is used.
constexpr std::chrono::seconds kIdle{10};
// A connection that only ends another one.
constexpr unsigned kKillTimeout = 5;

void set(MYSQL* handle, mysql_option option, const void* value) {
    mysql_options(handle, option, value);
}

// What both kinds of connection need.
std::unique_ptr<MYSQL, void (*)(MYSQL*)> new_handle(const Url& url, unsigned timeout) {
    std::unique_ptr<MYSQL, void (*)(MYSQL*)> handle(mysql_init(nullptr), mysql_close);
    if (!handle) throw Error(Fault::transient, "out of memory for a MySQL connection");
    set(handle.get(), MYSQL_OPT_CONNECT_TIMEOUT, &timeout);
    set(handle.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    const unsigned protocol = url.socket.empty() ? MYSQL_PROTOCOL_TCP : MYSQL_PROTOCOL_SOCKET;
    set(handle.get(), MYSQL_OPT_PROTOCOL, &protocol);
    const my_bool yes = 1;
    const my_bool verify = url.tls == Tls::verified ? 1 : 0;
    if (url.tls != Tls::off) {
        const char* ca = url.ca_file.empty() ? nullptr : url.ca_file.c_str();
        mysql_ssl_set(handle.get(), nullptr, nullptr, ca, nullptr, nullptr);
        set(handle.get(), MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
        if (url.tls != Tls::preferred) set(handle.get(), MYSQL_OPT_SSL_ENFORCE, &yes);
    }
    return handle;
}

bool connect(MYSQL* handle, const Url& url, unsigned long flags) {
    const char* host = url.socket.empty() ? url.host.c_str() : nullptr;
    const char* socket = url.socket.empty() ? nullptr : url.socket.c_str();
    return mysql_real_connect(handle, host, url.user.c_str(), url.password.c_str(),
                              url.database.c_str(), url.port, socket, flags) != nullptr;
}

// A server that is gone without a word is noticed within a minute. Unix sockets do not need it.
void notice_dead_networks(int socket) {
    const auto set_int = [socket](int level, int name, int value) {
        ::setsockopt(socket, level, name, &value, sizeof value);
    };
    set_int(SOL_SOCKET, SO_KEEPALIVE, 1);
    set_int(IPPROTO_TCP, TCP_KEEPIDLE, 30);
    set_int(IPPROTO_TCP, TCP_KEEPINTVL, 10);
    set_int(IPPROTO_TCP, TCP_KEEPCNT, 3);
    set_int(IPPROTO_TCP, TCP_USER_TIMEOUT, 60'000);
}

// As SHOW GRANTS names it: 'user'@'host'.
std::string quoted_user(const std::string& user) {
    const auto at = user.rfind('@');
    return literal(user.substr(0, at)) + "@" + literal(at == user.npos ? "%" : user.substr(at + 1));
}

}  // namespace

// What libmariadb calls for the data of a LOAD DATA LOCAL. The name of the file, which is the
// server's word, is of no interest: nothing but the piece in hand is ever sent.
class Connection::Infile {
  public:
    // `handle` is empty by the end where the connection was dropped.
    Infile(const std::unique_ptr<st_mysql, Close>& handle,
           const std::function<bool(std::string&)>& more)
        : handle_(handle), more_(more) {
        mysql_set_local_infile_handler(handle.get(), begin, read, end, error, this);
        const unsigned on = 1;
        mysql_options(handle.get(), MYSQL_OPT_LOCAL_INFILE, &on);
    }
    ~Infile() {
        if (!handle_) return;
        const unsigned off = 0;
        mysql_options(handle_.get(), MYSQL_OPT_LOCAL_INFILE, &off);
        mysql_set_local_infile_default(handle_.get());
    }
    Infile(const Infile&) = delete;
    Infile& operator=(const Infile&) = delete;

    void rethrow() const {
        if (failure_) std::rethrow_exception(failure_);
    }

  private:
    static int begin(void** state, const char*, void* self) {
        *state = self;
        return 0;
    }
    static int read(void* state, char* buffer, unsigned size) {
        return static_cast<Infile*>(state)->fill(buffer, size);
    }
    static void end(void*) {}
    static int error(void*, char* message, unsigned size) {
        std::strncpy(message, "given up", size - 1);
        return 2000;
    }

    int fill(char* buffer, unsigned size) {
        try {
            while (sent_ == piece_.size() && has_more_) {
                piece_.clear();
                sent_ = 0;
                has_more_ = more_(piece_);
            }
        } catch (...) {
            failure_ = std::current_exception();
            return -1;
        }
        const std::size_t count = std::min<std::size_t>(size, piece_.size() - sent_);
        std::memcpy(buffer, piece_.data() + sent_, count);
        sent_ += count;
        return static_cast<int>(count);
    }

    const std::unique_ptr<st_mysql, Close>& handle_;
    const std::function<bool(std::string&)>& more_;
    std::string piece_;
    std::size_t sent_ = 0;
    bool has_more_ = true;
    std::exception_ptr failure_;
};

void Connection::Close::operator()(st_mysql* handle) const { mysql_close(handle); }

Connection::Connection(std::string url, Logger& log) : url_text_(std::move(url)), log_(log) {}
Connection::~Connection() = default;

void Connection::drop() noexcept {
    handle_.reset();
    in_transaction_ = false;
    committing_ = false;
}

std::uint64_t Connection::number() {
    open();
    return number_;
}

const Server& Connection::server() {
    open();
    return server_;
}

const std::string& Connection::database() {
    if (url_.database.empty()) url_ = read_url(url_text_);
    return url_.database;
}

void Connection::open() {
    const auto now = std::chrono::steady_clock::now();
    const bool idle = now - std::exchange(last_use_, now) > kIdle;
    if (handle_ && idle && !in_transaction_) {
        int failed = 0;
        watched([&] { failed = mysql_ping(handle_.get()); });
        if (failed != 0) drop();
    }
    if (handle_) return;
    if (url_.database.empty()) url_ = read_url(url_text_);
    connect();
    ++number_;
    try {
        set_up_session();
    } catch (...) {
        drop();
        throw;
    }
}

void Connection::connect() {
    check_stop();
    handle_.reset(new_handle(url_, url_.connect_timeout_s).release());
    const unsigned long flags = CLIENT_LOCAL_FILES;
    server_ = {};
    server_.user = literal(url_.user);
    if (!mysql::connect(handle_.get(), url_, flags)) fail();
    const unsigned off = 0;
    mysql_options(handle_.get(), MYSQL_OPT_LOCAL_INFILE, &off);
    notice_dead_networks(mysql_get_socket(handle_.get()));
    forbid_downgrade();
}

// Asked-for encryption that does not hold must not pass in silence.
void Connection::forbid_downgrade() {
    const bool asked = url_.tls == Tls::required || url_.tls == Tls::verified;
    if (!asked || mysql_get_ssl_cipher(handle_.get()) != nullptr) return;
    drop();
    throw Error(Fault::config, "MySQL, " + where() + ": the connection is not encrypted")
        .with_hint("The server offers no TLS. useSSL=false in the URL goes without it.");
}

void Connection::set_up_session() {
    const std::string version = mysql_get_server_info(handle_.get());
    const bool is_mariadb = version.find("MariaDB") != version.npos;
    // What a server's or user's settings must not change. A load takes as long as it takes; a
    // session without a client must not keep its locks for hours.
    run("SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_BACKSLASH_ESCAPES,NO_ENGINE_SUBSTITUTION,"
        "ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE', time_zone = '+00:00', "
        "autocommit = 1, sql_safe_updates = 0, wait_timeout = 600, net_write_timeout = 600");
    run(fmt::format("SET SESSION innodb_lock_wait_timeout = {0}, lock_wait_timeout = {0}",
                    url_.lock_wait_s));
    run(is_mariadb ? "SET SESSION max_statement_time = 0, innodb_strict_mode = 1"
                   : "SET SESSION max_execution_time = 0");
    // Servers lack some of these, so they are not asked for by @@name.
    std::map<std::string, std::string> settings;
    for (const auto& row : run("SHOW VARIABLES WHERE Variable_name IN ('local_infile', "
                               "'max_allowed_packet', 'log_bin', 'binlog_format')")
                               .rows)
        settings[row.at(0).value_or("")] = row.at(1).value_or("");
    const Answer asked = run(
        "SELECT CURRENT_USER(), (SELECT COLLATION_NAME FROM information_schema.COLLATIONS WHERE "
        "COLLATION_NAME IN ('utf8mb4_nopad_bin', 'utf8mb4_0900_bin') LIMIT 1)");
    const auto& row = asked.rows.at(0);
    // Without gaps that are locked, two programs that fill the same tables rarely wait for each
    // other. A log of statements cannot be written that way.
    if (settings["log_bin"] != "ON" || settings["binlog_format"] != "STATEMENT")
        run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
    server_.version = version;
    server_.is_mariadb = is_mariadb;
    server_.allows_infile = settings["local_infile"] == "ON";
    server_.max_packet_bytes = std::stoull(settings["max_allowed_packet"]);
    server_.user = quoted_user(row[0].value_or(""));
    server_.exact_collation = row[1].value_or("utf8mb4_bin");
}

template <typename Call>
void Connection::watched(Call call) {
    check_stop();
    Watch::End end;
    {
        const Watch watch(patience_, committing_, [this] { cut(); });
        call();
        end = watch.end();
    }
    if (end == Watch::End::none) return;
    drop();
    if (end == Watch::End::stopped) throw Error(Fault::stopped, "stopped");
    throw Error(Fault::transient, "MySQL, " + where() + ": no answer in time");
}

// The server would end the connection without a word.
void Connection::check_length(std::string_view sql) const {
    if (sql.size() < server_.max_packet_bytes) return;
    throw to_error(1153,
                   fmt::format("a row makes a statement of {} bytes, more than max_allowed_packet",
                               sql.size()),
                   where(), server_.user, url_.database);
}

void Connection::send(std::string_view sql) {
    open();
    check_length(sql);
    int failed = 0;
    watched([&] { failed = mysql_real_query(handle_.get(), sql.data(), sql.size()); });
    if (failed != 0) fail();
}

Answer Connection::run(const std::string& sql, std::span<const Param> params) {
    send(params.empty() ? sql : with_params(sql, params));
    return answer();
}

void Connection::each_row(const std::string& sql, const std::function<void(const RowView&)>& use) {
    send(sql);
    read_rows(use);
}

// Returns how many rows a statement without an answer worked on.
std::uint64_t Connection::read_rows(const std::function<void(const RowView&)>& use) {
    const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(mysql_store_result(handle_.get()),
                                                                  mysql_free_result);
    if (!result) {
        if (mysql_errno(handle_.get()) != 0) fail();
        return mysql_affected_rows(handle_.get());
    }
    fetch(result.get(), use);
    return 0;
}

void Connection::fetch(st_mysql_res* result, const std::function<void(const RowView&)>& use) {
    RowView row(mysql_num_fields(result));
    while (MYSQL_ROW values = mysql_fetch_row(result)) {
        const unsigned long* lengths = mysql_fetch_lengths(result);
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i].reset();
            if (values[i] != nullptr) row[i].emplace(values[i], lengths[i]);
        }
        use(row);
    }
}

// The server sends as fast as it is read, and waits NET_WRITE_TIMEOUT for a slow reader.
void Connection::stream(const std::string& sql, std::span<const Param> params,
                        const std::function<void(const RowView&)>& use) {
    send(params.empty() ? sql : with_params(sql, params));
    try {
        watched([&] {
            const std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> result(
                mysql_use_result(handle_.get()), mysql_free_result);
            if (!result) return;
            try {
                fetch(result.get(), use);
            } catch (...) {
                // What has not been read is not waited for.
                ::shutdown(mysql_get_socket(handle_.get()), SHUT_RDWR);
                throw;
            }
        });
    } catch (...) {
        drop();
        throw;
    }
    if (mysql_errno(handle_.get()) != 0) fail();
}

Answer Connection::answer() {
    Answer answer;
    answer.affected =
        read_rows([&](const RowView& row) { answer.rows.emplace_back(row.begin(), row.end()); });
    return answer;
}

void Connection::begin() {
    run("START TRANSACTION");
    in_transaction_ = true;
}

void Connection::commit() {
    check_stop();
    if (!handle_) fail();
    committing_ = true;
    int failed = 0;
    watched([&] {
        failed = mysql_send_query(handle_.get(), "COMMIT", 6);
        failpoint("commit_sent");
        if (failed == 0) failed = mysql_read_query_result(handle_.get()) != 0 ? 1 : 0;
    });
    if (failed != 0) fail();
    in_transaction_ = false;
    committing_ = false;
    failpoint("commit_done");
}

std::uint64_t Connection::load_data(const std::string& sql,
                                    const std::function<bool(std::string&)>& more) {
    open();
    int failed = 0;
    {
        const Infile infile(handle_, more);
        watched([&] { failed = mysql_real_query(handle_.get(), sql.data(), sql.size()); });
        infile.rethrow();
    }
    if (failed != 0) {
        const unsigned code = mysql_errno(handle_.get());
        const SqlError error =
            to_error(code, mysql_error(handle_.get()), where(), server_.user, url_.database);
        if (!forbids_infile(error)) fail();
        server_.allows_infile = false;
        throw SqlError(error, Cause::other_way, error.code());
    }
    const std::uint64_t rows = answer().affected;
    if (mysql_warning_count(handle_.get()) != 0) check_warnings();
    return rows;
}

void Connection::start_upsert(const std::string& sql) {
    open();
    check_length(sql);
    int failed = 0;
    watched([&] { failed = mysql_send_query(handle_.get(), sql.data(), sql.size()); });
    if (failed != 0) fail();
}

relational::Bulk::Upserted Connection::finish_upsert() {
    int failed = 0;
    watched([&] { failed = mysql_read_query_result(handle_.get()) != 0 ? 1 : 0; });
    if (failed != 0) fail();
    // A new row counts as 1, one that changed as 2, any other as 0.
    const std::uint64_t affected = answer().affected;
    const char* info = mysql_info(handle_.get());
    if (info == nullptr) {  // of a single row there is nothing to say
        return {.inserted = affected == 1 ? 1U : 0U,
                .updated = affected == 2 ? 1U : 0U,
                .unchanged = affected == 0 ? 1U : 0U};
    }
    unsigned long records = 0, updated = 0;
    const bool told = std::sscanf(info, "Records: %lu  Duplicates: %lu", &records, &updated) == 2;
    if (!told || affected < 2 * updated || affected - updated > records)
        throw Error(Fault::bug, "MySQL does not count the rows of an INSERT");
    const std::uint64_t inserted = affected - 2 * updated;
    return {inserted, updated, records - inserted - updated};
}

// LOCAL makes warnings of what are errors otherwise.
void Connection::check_warnings() {
    for (const auto& row : run("SHOW WARNINGS LIMIT 1").rows) {
        const auto code = static_cast<unsigned>(std::stoul(row.at(1).value_or("0")));
        throw to_error(code, row.at(2).value_or(""), where(), server_.user, url_.database);
    }
}

// From the thread of a Watch: the call that is under way returns with an error. The server may go
// on with the statement, so it is told to end the session, on a connection that nobody waits for.
void Connection::cut() noexcept {
    try {
        const unsigned long id = mysql_thread_id(handle_.get());
        std::thread([url = url_, id] {
            const auto handle = new_handle(url, kKillTimeout);
            if (mysql::connect(handle.get(), url, 0))
                mysql_query(handle.get(), ("KILL " + std::to_string(id)).c_str());
            mysql_thread_end();
        }).detach();
    } catch (const std::exception& error) {
        log_.debug(std::string("statement not cancelled: ") + error.what());
    }
    ::shutdown(mysql_get_socket(handle_.get()), SHUT_RDWR);
}

void Connection::fail() {
    constexpr unsigned kFirstOfClient = 2000, kLastOfClient = 2999;
    unsigned code = 2006;
    std::string message = "connection lost";
    if (handle_) {
        code = mysql_errno(handle_.get());
        message = mysql_error(handle_.get());
    }
    // Made before the connection, whose name it says, is dropped.
    const auto error =
        std::make_exception_ptr(to_error(code, message, where(), server_.user, url_.database));
    if ((code >= kFirstOfClient && code <= kLastOfClient) || code == 1927 || code == 0) drop();
    std::rethrow_exception(error);
}

void Connection::check_stop() const {
    if (patience_.stop.stop_requested()) throw Error(Fault::stopped, "stopped");
}

}  // namespace ringtail::mysql
