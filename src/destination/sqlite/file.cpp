#include "destination/sqlite/file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace ringtail {
namespace {

using namespace std::chrono_literals;

// As long as a call waits for another process's lock, and a little more. A service that is to end
// has ten seconds.
constexpr auto kPatience = std::chrono::seconds(8);
constexpr auto kGlance = 10ms;  // longer than small loads take
constexpr std::size_t kReaders = 2;
constexpr std::size_t kReaderCache = 4U << 20U;
// Statements of so many tables are kept, some 10 KB each.
constexpr std::size_t kMostMerges = 256;

}  // namespace

Merge& SqliteSession::merge_for(const Table& table) {
    const auto found = merges.find(table.name);
    if (found != merges.end() && found->second.is_for(table)) return found->second;
    if (found != merges.end()) merges.erase(found);
    if (merges.size() >= kMostMerges) merges.clear();
    return merges.try_emplace(table.name, db, table).first->second;
}

SqliteFile::SqliteFile(std::string path, const DestinationOptions& options)
    : path_(std::move(path)), options_(options), writers_(1), readers_(kReaders) {}

SqliteFile::~SqliteFile() = default;

void SqliteFile::await_turn(Turns& turns, const std::stop_token& stop) const {
    if (stop.stop_possible() ? turns.enter(stop) : turns.enter({}, kPatience)) return;
    if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the load");
    throw Error(Fault::transient,
                fmt::format("SQLite database {}: other loads of this process take long", path_))
        .with_hint("They are waited for; it goes on by itself.");
}

// Small loads are waited for, and large ones are not.
std::chrono::milliseconds SqliteFile::patience_of_a_glance() const {
    const auto busy = std::chrono::steady_clock::now() - busy_since_.load();
    return std::chrono::ceil<std::chrono::milliseconds>(
        std::clamp<std::chrono::nanoseconds>(kGlance - busy, 0ns, kGlance));
}

SqliteSession& SqliteFile::writer() {
    if (writer_ && writer_->db.has_moved()) leave_moved_file();
    if (!writer_) {
        writer_ = std::make_unique<SqliteSession>(
            path_, sqlite::Options{.foreign_keys = options_.foreign_keys, .can_shrink = true});
    }
    return *writer_;
}

// The log of the file that was there lies under its old name still, and would be taken for the new
// file's: its pages go where they belong first.
void SqliteFile::leave_moved_file() {
    {
        const std::scoped_lock lock(mutex_);
        idle_.clear();
    }
    try {
        writer_->db.run("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch (const Error&) {
        // It was on the disk in the log; that file is gone now, too.
    }
    writer_.reset();
}

std::unique_ptr<SqliteSession> SqliteFile::take_reader() {
    {
        const std::scoped_lock lock(mutex_);
        while (!idle_.empty()) {
            auto session = std::move(idle_.back());
            idle_.pop_back();
            if (!session->db.has_moved()) return session;
        }
    }
    return make_reader();
}

std::unique_ptr<SqliteSession> SqliteFile::make_reader() const {
    return std::make_unique<SqliteSession>(path_,
                                           sqlite::Options{.foreign_keys = options_.foreign_keys,
                                                           .cache_bytes = kReaderCache,
                                                           .can_shrink = true});
}

void SqliteFile::give_back(std::unique_ptr<SqliteSession> session) {
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(session));
}

}  // namespace ringtail
