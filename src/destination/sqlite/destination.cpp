#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "destination/sqlite/file.hpp"
#include "destination/sqlite/retention.hpp"
#include "destination/sqlite/row_reader.hpp"
#include "destination/sqlite/schema.hpp"
#include "destination/sqlite/shape.hpp"
#include "destination/sqlite/sqlite.hpp"
#include "destination/sqlite/views.hpp"
#include "model/int64_text.hpp"
#include "sql/calls_text.hpp"
#include "sql/names.hpp"
#include "sqlite/unhurried.hpp"
#include "sqlite_store/own_tables.hpp"

namespace ringtail {
namespace {

using sqlite::Transaction;

// Keys that are looked up within a millisecond or two; who writes does not wait longer.
constexpr std::size_t kShort = 250;

class SqliteDestination final : public Destination,
                                private StreamStore,
                                private JointLoads,
                                private Retention,
                                private RowReader {
  public:
    SqliteDestination(std::shared_ptr<SqliteFile> file, const DestinationOptions& options,
                      Logger& log)
        : file_(std::move(file)), options_(options), log_(log) {}

    std::vector<Table> prepare(std::span<const Table> tables) override {
        wanted_.assign(tables.begin(), tables.end());
        return file_->write([&](SqliteSession& session) {
            if (session.known.look(session.db)) {
                if (auto known = session.known.prepared(tables)) return prepared_ = *known;
            }
            session.merges.clear();
            Transaction transaction(session.db, Transaction::Kind::write);
            create_own_tables(session.db);
            Extended extended =
                extend_schema(session.db, tables, options_, SystemClock().now(), log_);
            session.known.look(session.db);
            if (extended.whole) session.known.add(tables, extended.tables);
            transaction.commit();
            return prepared_ = std::move(extended.tables);
        });
    }

    void create_views(std::span<const View> views) override {
        if (views.empty()) return;
        file_->write([&](SqliteSession& session) {
            if (session.known.look(session.db) && session.known.has(wanted_, views)) return;
            Transaction transaction(session.db, Transaction::Kind::write);
            make_views(session.db, views, prepared_, log_);
            session.known.look(session.db);
            session.known.add(wanted_, views);
            transaction.commit();
        });
    }

    void create_calls(const CallsPart& part) override {
        file_->write([&](SqliteSession& session) {
            if (session.known.look(session.db) && session.known.has(wanted_, part)) return;
            Transaction transaction(session.db, Transaction::Kind::write);
            try {
                make_calls(session.db, part, prepared_, log_);
                session.known.look(session.db);
                session.known.add(wanted_, part);
                transaction.commit();
            } catch (const Error& error) {
                session.known.forget();
                if (error.fault() == Fault::transient) throw;
                sql::say_no_calls(error.what(), log_);
            }
        });
    }

    LoadStats load(const Load& load, std::stop_token stop) override {
        return write_all({&load, 1}, stop).front();
    }

    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        const auto action = [&](SqliteSession& session) {
            return read_fingerprints(session, table, keys);
        };
        return keys.size() <= kShort ? file_->glance(action) : file_->read(action);
    }

    StreamStore& streams() override { return *this; }
    JointLoads* joint() override { return this; }
    Retention* retention() override { return this; }
    RowReader* rows() override { return this; }

  private:
    std::optional<Checkpoint> checkpoint(std::string_view stream) override {
        return file_->glance(
            [&](SqliteSession& session) { return read_checkpoint(session.db, stream); });
    }

    std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                  std::size_t limit) override {
        return file_->glance([&](SqliteSession& session) {
            return read_rechecks(session.db, stream, until, limit);
        });
    }

    void hold(std::string_view stream, std::string_view holder) override {
        file_->write([&](SqliteSession& session) {
            // After a power cut the holder is dead in any case.
            const sqlite::Unhurried unhurried(session.db);
            Transaction transaction(session.db, Transaction::Kind::write);
            take_lease(session.db, stream, holder, SystemClock().now());
            transaction.commit();
        });
    }

    void release(std::string_view stream, std::string_view holder) override {
        file_->write([&](SqliteSession& session) {
            const sqlite::Unhurried unhurried(session.db);
            give_up_lease(session.db, stream, holder);
        });
    }

    std::vector<bool> hold(std::span<const std::string> streams, std::string_view holder) override {
        return file_->write([&](SqliteSession& session) {
            const sqlite::Unhurried unhurried(session.db);
            Transaction transaction(session.db, Transaction::Kind::write);
            std::vector<bool> held;
            for (const std::string& stream : streams) try {
                    take_lease(session.db, stream, holder, SystemClock().now());
                    held.push_back(true);
                } catch (const Error& error) {
                    if (error.fault() != Fault::config) throw;
                    held.push_back(false);
                }
            transaction.commit();
            return held;
        });
    }

    std::vector<LoadStats> load(std::span<const Load> loads, std::stop_token stop) override {
        return write_all(loads, stop);
    }

    void release(std::span<const std::string> streams, std::string_view holder) override {
        file_->write([&](SqliteSession& session) {
            const sqlite::Unhurried unhurried(session.db);
            Transaction transaction(session.db, Transaction::Kind::write);
            for (const std::string& stream : streams) give_up_lease(session.db, stream, holder);
            transaction.commit();
        });
    }

    std::vector<LoadStats> write_all(std::span<const Load> loads, const std::stop_token& stop) {
        const auto write = [&](SqliteSession& session) {
            Transaction transaction(session.db, Transaction::Kind::write);
            std::vector<LoadStats> stats;
            for (const Load& load : loads) stats.push_back(write_one(session, load, stop));
            failpoint("merge_done");
            if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the commit");
            failpoint("commit_sent");
            transaction.commit();
            failpoint("commit_done");
            return stats;
        };
        return file_->write(write, stop);
    }

    static LoadStats write_one(SqliteSession& session, const Load& load,
                               const std::stop_token& stop) {
        store_checkpoint(session.db, load, SystemClock().now());
        LoadStats stats;
        std::vector<Reject> rejects;
        LostKeys lost;
        for (const Batch& batch : load.batches) {
            stats.push_back(
                session.merge_for(batch.table()).write(batch, load.now, rejects, lost, stop));
        }
        failpoint("stage_sent");
        for (const Forgotten& gone : load.forgotten)
            drop_rejects(session.db, gone.table, gone.keys);
        store_rejects(session.db, load.rejects, load.now);
        store_rejects(session.db, rejects, load.now);
        store_rechecks(session.db, load.stream, load.rechecks);
        return stats;
    }

    std::uint64_t count(const OldRows& rows) override {
        return file_->apart([&](SqliteSession& session) { return count_old(session.db, rows); });
    }
    std::vector<std::string> keys(const OldRows& rows, std::size_t most) override {
        return file_->read(
            [&](SqliteSession& session) { return keys_of_old(session.db, rows, most); });
    }
    std::vector<std::string> children(const OldRows::Child& child,
                                      std::span<const std::string> parents) override {
        return file_->read(
            [&](SqliteSession& session) { return keys_of_children(session.db, child, parents); });
    }
    void forget_rejects(std::string_view table, std::span<const std::string> keys) override {
        file_->write([&](SqliteSession& session) {
            Transaction transaction(session.db, Transaction::Kind::write);
            drop_rejects(session.db, table, keys);
            transaction.commit();
        });
    }
    // Others of this process write between its steps.
    std::string give_back(std::span<const OldRows> /*rows*/, const std::function<bool()>& go_on,
                          const std::stop_token& stop) override {
        return file_->apart([&](SqliteSession& session) {
            return give_room_back(session.db, [&] { return !stop.stop_requested() && go_on(); });
        });
    }

    void give_some_back(const std::function<bool()>& go_on, const std::stop_token& stop) override {
        const bool many =
            file_->read([](SqliteSession& session) { return has_much_room(session.db); });
        if (many) give_back({}, go_on, stop);
    }

    void read(const RowQuery& query, const RowSink& sink, const std::stop_token& stop) override {
        file_->apart([&](SqliteSession& session) { read_rows(session.db, query, sink, stop); });
    }
    std::uint64_t count(const RowQuery& query) override {
        return file_->apart([&](SqliteSession& session) { return count_rows(session.db, query); });
    }

    // One look-up per key: measured faster than joining json_each(), and needs no JSON text of the
    // keys.
    static std::vector<std::optional<std::string>> read_fingerprints(
        SqliteSession& session, const Table& table, std::span<const std::string> keys) {
        sqlite::Connection& db = session.db;
        std::vector<std::optional<std::string>> found(keys.size());
        Transaction transaction(db, Transaction::Kind::read);  // all of one state of the table
        const std::string& sql = session.known.lookup_of(db, table);
        if (sql.empty()) return found;
        auto select = db.prepare(sql, "looking up rows of " + table.name);
        const bool is_whole = table.columns[place_of(table, table.key.front())].type == Type::int64;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!is_whole) {
                select.bind_static(1, keys[i]);
            } else if (const auto number = int64_in(keys[i])) {
                select.bind(1, *number);
            } else {
                continue;  // in no row
            }
            if (select.step()) found[i] = std::string(select.text(0));
            select.reset();
        }
        return found;
    }

    const std::shared_ptr<SqliteFile> file_;
    const DestinationOptions options_;
    Logger& log_;
    std::vector<Table> wanted_, prepared_;  // of the last prepare(): what for, and its answer
};

}  // namespace

DestinationFactory sqlite_destinations(const std::string& path, const DestinationOptions& options,
                                       Logger& log) {
    return [file = std::make_shared<SqliteFile>(path, options), options, &log] {
        return std::make_unique<SqliteDestination>(file, options, log);
    };
}

std::unique_ptr<Destination> make_sqlite(const std::string& path, const DestinationOptions& options,
                                         Logger& log) {
    return sqlite_destinations(path, options, log)();
}

}  // namespace ringtail
