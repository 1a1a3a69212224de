#pragma once
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/turns.hpp"
#include "destination/destination.hpp"
#include "destination/sqlite/known.hpp"
#include "destination/sqlite/merge.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// One connection, with the statements prepared on it and what is known of its file.
struct SqliteSession {
    explicit SqliteSession(const std::string& path, const sqlite::Options& options)
        : db(path, options) {}

    sqlite::Connection db;
    std::map<std::string, Merge> merges;  // by table name
    KnownSchema known;

    Merge& merge_for(const Table& table);
};

// This process's connections to one file: one that writes, as SQLite lets one write at a time in
// any case, and two that read. They are made when they are needed, and made again after an error
// that may lie with them, or when the file was moved away. Whoever has waited longest is next. Safe
// from any thread, and calls block.
class SqliteFile {
  public:
    SqliteFile(std::string path, const DestinationOptions& options);
    ~SqliteFile();
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;

    // Runs action(SqliteSession&) alone among all writers of this object. Error(stopped) when the
    // stop comes while it waits for that; a call without one waits for kPatience and then is
    // Error(transient).
    template <typename Action>
    auto write(Action action, const std::stop_token& stop = {}) {
        await_turn(writers_, stop);
        const Turns::Turn turn(writers_);
        return on_writer(action);
    }

    // Runs action(SqliteSession&), which must not write, and is short: on the connection that
    // writes, unless that is taken for long. It has in memory what it wrote; the others have to
    // read every page anew after each commit. Not inside write().
    template <typename Action>
    auto glance(Action action) {
        if (!writers_.enter({}, patience_of_a_glance())) return read(action);
        const Turns::Turn turn(writers_);
        return on_writer(action);
    }

    // Runs action(SqliteSession&), which must not write. Not inside write().
    template <typename Action>
    auto read(Action action) {
        await_turn(readers_, {});
        const Turns::Turn turn(readers_);
        auto session = take_reader();
        try {
            auto result = action(*session);
            give_back(std::move(session));
            return result;
        } catch (const Error& error) {
            if (!is_suspect(error)) give_back(std::move(session));
            throw;
        }
    }

    // Runs action(SqliteSession&) on a connection of its own, for what may take long: nobody of
    // this process waits for it. Where it writes, the file's own lock counts.
    template <typename Action>
    auto apart(Action action) {
        return action(*make_reader());
    }

  private:
    // For who has the writers' turn.
    template <typename Action>
    auto on_writer(Action& action) {
        busy_since_ = std::chrono::steady_clock::now();
        SqliteSession& session = writer();
        try {
            return action(session);
        } catch (const Error& error) {
            session.known.forget();
            if (is_suspect(error)) writer_.reset();
            throw;
        } catch (...) {
            writer_.reset();
            throw;
        }
    }
    void await_turn(Turns& turns, const std::stop_token& stop) const;
    std::chrono::milliseconds patience_of_a_glance() const;
    SqliteSession& writer();
    void leave_moved_file();
    std::unique_ptr<SqliteSession> take_reader();
    std::unique_ptr<SqliteSession> make_reader() const;
    void give_back(std::unique_ptr<SqliteSession> session);
    static bool is_suspect(const Error& error) {
        return error.fault() != Fault::stopped && error.fault() != Fault::data;
    }

    const std::string path_;
    const DestinationOptions options_;
    Turns writers_, readers_;
    std::atomic<std::chrono::steady_clock::time_point> busy_since_{};  // when the last turn began
    std::unique_ptr<SqliteSession> writer_;  // of who has the writers' turn
    std::mutex mutex_;
    std::vector<std::unique_ptr<SqliteSession>> idle_;  // readers
};

}  // namespace ringtail
