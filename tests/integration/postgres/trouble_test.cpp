#include <atomic>
#include <thread>

#include "contract/stops.hpp"
#include "integration/postgres/fixture.hpp"

// Servers that stop, sessions that are in the way, other writers.
namespace ringtail::test {
namespace {

class PostgresTrouble : public PostgresTest {
  protected:
    const Table table_{.name = "t",
                       .columns = {{"id"}, {"a"}, {"$changed", Type::timestamp}},
                       .key = {"id"},
                       .references = {},
                       .fingerprint = "",
                       .changed = "$changed",
                       .rest = ""};

    std::vector<Batch> rows(int first, int count, const std::string& a = "x") const {
        std::vector<Batch> batches;
        batches.emplace_back(table_);
        for (int i = first; i < first + count; ++i) {
            const std::string id = "row" + std::to_string(i);
            put(batches[0], {{"id", text(id)}, {"a", text(a)}});
        }
        return batches;
    }

    // Returns once a session of Ringtail waits for a lock.
    void wait_for_blocked_session() {
        const std::string waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
            "application_name = 'ringtail' AND "
            "wait_event_type = 'Lock'";
        while (value(waiting) == "0") std::this_thread::yield();
    }
};

TEST_F(PostgresTrouble, RowsOfAnotherWriterEndTheDirectCopy) {
    start({table_});
    EXPECT_EQ(load(rows(0, 10))[0].inserted, 10U);
    sql("INSERT INTO t (id, a) VALUES ('row15', 'x'), ('row16', 'of another')");
    const LoadStats stats =
        load(rows(5, 15), kSecond);  // 5 known and 2 of the other writer's, one of them equal
    EXPECT_EQ(stats[0].inserted, 8U);
    EXPECT_EQ(stats[0].updated, 1U);
    EXPECT_EQ(stats[0].unchanged, 6U);
    EXPECT_EQ(value("SELECT count(*) FROM t WHERE a = 'x'"), "20");
    EXPECT_EQ(value("SET TimeZone = 'UTC'; SELECT count(*) FROM t WHERE \"$changed\" = '" +
                    format_time(kSecond) + "'"),
              "9");
    EXPECT_EQ(load(rows(0, 30), kSecond)[0].inserted, 10U);
}

TEST_F(PostgresTrouble, AStopRequestEndsALoadThatWaitsForALock) {
    start({table_});
    load(rows(0, 3));
    // A transaction of somebody else that has the table to itself.
    const std::jthread blocker([&] {
        try {
            sql("BEGIN; LOCK TABLE t; SELECT pg_sleep(600)");
        } catch (const std::runtime_error&) {  // terminated below
        }
    });
    while (value("SELECT count(*) FROM pg_locks WHERE relation = 't'::regclass AND mode = "
                 "'AccessExclusiveLock' AND granted") == "0") {
        std::this_thread::yield();
    }
    std::stop_source stop;
    std::atomic<int> fault{-1};
    {
        const std::jthread loading([&] {
            fault = static_cast<int>(
                error_of([&] { load(rows(0, 5, "y"), kSecond, stop.get_token()); }).fault());
        });
        wait_for_blocked_session();
        stop.request_stop();
    }
    EXPECT_EQ(fault, static_cast<int>(Fault::stopped));
    // The server gave the statement up too: the lease's row is free while the table is still
    // locked.
    destination_->streams().release(kStream, holder_);
    sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'BEGIN; LOCK%' "
        "AND pid <> pg_backend_pid()");
    EXPECT_EQ(value("SELECT count(*) FROM t WHERE a = 'x'"), "3");
}

TEST_F(PostgresTrouble, AKilledSessionIsTransientAndTheNextCallConnectsAgain) {
    start({table_});
    load(rows(0, 3));
    const auto kill = [&] {
        sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = "
            "'ringtail' AND datname = "
            "current_database()");
    };
    kill();
    EXPECT_EQ(error_of([&] { load(rows(3, 3)); }).fault(), Fault::transient);
    EXPECT_EQ(load(rows(0, 6))[0].inserted, 3U);
    kill();
    EXPECT_EQ(error_of([&] {
                  destination_->fingerprints(table_, std::vector<std::string>{"row1"});
              }).fault(),
              Fault::transient);
    EXPECT_EQ(destination_->fingerprints(table_, std::vector<std::string>{"row1"}).at(0), "");
    kill();
    EXPECT_EQ(error_of([&] { destination_->prepare(std::vector{table_}); }).fault(),
              Fault::transient);
    destination_->prepare(std::vector{table_});
}

TEST_F(PostgresTrouble, TwoProcessesAddColumnsAtTheSameTime) {
    start({table_});
    load(rows(0, 100));
    std::vector<std::jthread> threads;
    std::mutex mutex;
    std::string failed;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&, i] {
            Table table = table_;
            table.columns.push_back({"shared"});
            table.columns.push_back({"own " + std::to_string(i)});
            try {
                open()->prepare(std::vector{table});
            } catch (const Error& error) {
                const std::lock_guard lock(mutex);
                failed += error.what();
            }
        });
    }
    threads.clear();
    EXPECT_EQ(failed, "");
    EXPECT_EQ(
        value("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0 AND "
              "(attname = 'shared' OR attname LIKE 'own %')"),
        "5");
}

// Real durability: what was committed must be there after the server died as by a power cut.
TEST(PostgresStops, LoadsGoOnAfterwardsAndNothingIsLostOrDoubled) {
    PostgresServer server(PostgresServer::Durability::real);
    const std::string database = server.create_database();
    LogLines log;
    const auto destination = make_postgres(server.url(database), {}, log);
    loads_survive_stops(
        *destination, table_of("t", {{"id"}, {"n", Type::int64}}),
        {.kill = [&] { server.stop_immediate(); },
         .start = [&] { server.start(); },
         .ask = [&](const std::string& sql) { return server.value(database, sql); }},
        3);
}

}  // namespace
}  // namespace ringtail::test
