#include "sqlite/connection.hpp"

#include "base/error.hpp"
#include "sqlite/error.hpp"

#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace ringtail::sqlite {
namespace {

// How much the write-ahead log holds before its pages go into the file: 32 MB. A page that several
// loads change is then written once, and SQLite's own 4 MB would make every load wait for that.
constexpr int kCheckpointPages = 8'192;

Error cannot_make(const std::string& path, int error) {
    return Error(Fault::config,
                 "SQLite database " + path + ": cannot be made: " + std::strerror(error))
        .with_hint("Name a file in a folder that exists and that Ringtail may write to.");
}

// Counting the memory in use would make all connections of the process wait for one mutex at every
// allocation.
void do_not_count_memory() {
    // Fails where somebody else has used SQLite in this process before, and nothing is lost then.
    [[maybe_unused]] static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

// Makes the file with the right mode before SQLite would make it with another. It appears under its
// name in one step and without an open descriptor: closing one would take away the locks of another
// connection of this process.
void make_private_file(const std::string& path) {
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) return;
    std::string temporary = path + ".XXXXXX";
    const int file = ::mkstemp(temporary.data());  // mode 0600
    if (file < 0) throw cannot_make(path, errno);
    ::close(file);
    const bool linked = ::link(temporary.c_str(), path.c_str()) == 0;
    const int error = errno;
    ::unlink(temporary.c_str());
    const bool no_links =
        error == EPERM || error == EOPNOTSUPP || error == ENOSYS;  // FAT: SQLite makes the file
    if (!linked && error != EEXIST && !no_links) throw cannot_make(path, error);
}

}  // namespace

void Connection::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Connection::Connection(const std::string& path, const Options& options) : path_(path) {
    if (path.empty() || path == ":memory:") {
        throw Error(Fault::config, "an SQLite database needs a file")
            .with_hint("Write sqlite:///folder/name.db");
    }
    make_private_file(path);
    do_not_count_memory();
    sqlite3* handle = nullptr;
    const int code =
        sqlite3_open_v2(path.c_str(), &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw_error(handle, code, path_, "opening");
    set_up(options);
}

Connection::~Connection() = default;

void Connection::set_up(const Options& options) {
    sqlite3* handle = handle_.get();
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, static_cast<int>(options.busy.count()));
    // "name" is a column or an error, never silently a text.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, nullptr);
    if (sqlite3_db_readonly(handle, "main") == 1)
        throw_error(nullptr, SQLITE_READONLY, path_, "opening");
    if (options.can_shrink && is_empty()) run("PRAGMA auto_vacuum=INCREMENTAL");
    use_wal(options.busy);
    run("PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
        "PRAGMA wal_autocheckpoint=" +
        std::to_string(kCheckpointPages) +
        "; PRAGMA foreign_keys=" + (options.foreign_keys ? "ON" : "OFF") + "; PRAGMA cache_size=-" +
        std::to_string(options.cache_bytes / 1024));
}

// In a file that holds something already the pragma would do nothing but wait for its lock.
bool Connection::is_empty() {
    auto pages = prepare("PRAGMA page_count");
    return !pages.step() || pages.integer(0) == 0;
}

// The change does not wait for other connections that make it at the same time, as all else does.
void Connection::use_wal(std::chrono::milliseconds patience) {
    constexpr int kPause = 10;
    const char* sql = "PRAGMA journal_mode=WAL";
    int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    for (auto left = patience.count(); (code & 0xff) == SQLITE_BUSY && left > 0; left -= kPause) {
        sqlite3_sleep(kPause);
        code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    }
    if (code != SQLITE_OK) throw_error(handle_.get(), code, path_, sql);
}

void Connection::run(const std::string& sql) {
    const int code = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_error(handle_.get(), code, path_, sql.substr(0, 60));
}

Statement Connection::prepare(std::string_view sql, std::string doing) {
    if (sqlite3_stmt* const kept = shelf_.take(sql))
        return Statement(handle_.get(), shelf_, kept,
                         doing.empty() ? std::string(sql.substr(0, 60)) : std::move(doing));
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v3(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
    if (code != SQLITE_OK)
        throw_error(handle_.get(), code, path_, doing.empty() ? sql.substr(0, 60) : doing);
    return Statement(handle_.get(), shelf_, handle,
                     doing.empty() ? std::string(sql.substr(0, 60)) : std::move(doing));
}

std::int64_t Connection::changes() const { return sqlite3_changes64(handle_.get()); }

bool Connection::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

bool Connection::has_moved() const {
    int moved = 0;
    sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    return moved != 0;
}

void Connection::watch(std::string table) {
    watch_ = {std::move(table), Written::nothing};
    const auto note = [](void* context, int operation, const char*, const char* written,
                         sqlite3_int64) {
        auto& watch = *static_cast<Watch*>(context);
        if (watch.table != written) return;
        watch.last = operation == SQLITE_INSERT   ? Written::inserted
                     : operation == SQLITE_UPDATE ? Written::updated
                                                  : Written::deleted;
    };
    sqlite3_update_hook(handle_.get(), note, &watch_);
}

Written Connection::written() { return std::exchange(watch_.last, Written::nothing); }

Transaction::Transaction(Connection& connection, Kind kind) : connection_(connection) {
    connection_.prepare(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN").execute();
}

Transaction::~Transaction() {
    if (!open_ || !connection_.in_transaction()) return;  // some errors have rolled it back already
    try {
        connection_.prepare("ROLLBACK").execute();
    } catch (const Error&) {
        // The connection is closed by whoever sees the error that brought us here, and that rolls
        // back too.
    }
}

void Transaction::commit() {
    connection_.prepare("COMMIT").execute();
    open_ = false;
}

}  // namespace ringtail::sqlite
