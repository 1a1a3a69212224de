#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "sqlite/statement.hpp"
#include "sqlite/statement_shelf.hpp"

struct sqlite3;

namespace ringtail::sqlite {

struct Options {
    std::chrono::milliseconds busy{5'000};  // how long a call waits for another process's lock
    bool foreign_keys = true;
    std::size_t cache_bytes = 24U << 20U;  // pages held in memory, beside the system's file cache
    // A file that is made can give room back: PRAGMA incremental_vacuum. Nothing for one that is
    // there.
    bool can_shrink = false;
};

// What the last write to the watched table was.
enum class Written : std::uint8_t { nothing, inserted, updated, deleted };

// One connection to a database file, in WAL mode with synchronous=FULL: a commit is on disk when it
// returns, and readers and the one writer do not wait for each other. For one thread at a time. All
// calls block and throw Error as throw_error() says.
class Connection {
  public:
    // Opens the file, or makes it, readable by its owner only. Error(config) when that cannot be.
    explicit Connection(const std::string& path, const Options& options = {});
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // One or more statements without parameters or results.
    void run(const std::string& sql);
    // The statement must not outlive the connection. `doing` goes in front of its errors: "writing
    // df_contacts".
    Statement prepare(std::string_view sql, std::string doing = {});

    // Rows that the last INSERT, UPDATE or DELETE changed itself (not by cascades or triggers).
    std::int64_t changes() const;
    bool in_transaction() const;

    // From now on written() tells about writes to this table; it sees no tables WITHOUT ROWID.
    void watch(std::string table);
    // What was written since it was last asked.
    Written written();

    const std::string& path() const { return path_; }
    // Whether the file under the path is no longer the one that was opened.
    bool has_moved() const;

  private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    struct Watch {
        std::string table;
        Written last = Written::nothing;
    };
    void set_up(const Options& options);
    bool is_empty();
    void use_wal(std::chrono::milliseconds patience);

    std::string path_;
    Watch watch_;
    std::unique_ptr<sqlite3, Close> handle_;
    StatementShelf shelf_;
};

// A transaction; rolled back by the destructor unless commit() returned.
class Transaction {
  public:
    enum class Kind : std::uint8_t {
        read,   // sees one state of the database throughout
        write,  // takes the write lock at once, waiting Options::busy for it
    };
    Transaction(Connection& connection, Kind kind);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

  private:
    Connection& connection_;
    bool open_ = true;
};

}  // namespace ringtail::sqlite
