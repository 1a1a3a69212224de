#include <atomic>
#include <thread>

#include "contract/stops.hpp"
#include "integration/mysql/fixture.hpp"
#include "support/tcp_gate.hpp"

// Servers that stop, sessions that are in the way, other writers.
namespace ringtail::test {
namespace {

class MysqlTrouble : public MysqlTest {
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

    // Returns once a session waits for a row's lock.
    void wait_for_blocked_session() {
        while (value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE "
                     "VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'") == "0") {
            std::this_thread::yield();
        }
    }
    void kill_sessions() {
        for (const auto& row : sql("SELECT ID FROM information_schema.PROCESSLIST WHERE DB = '" +
                                   database_ + "' AND USER = 'ringtail'"))
            sql("KILL " + *row[0]);
    }
};

TEST_F(MysqlTrouble, RowsOfAnotherWriterEndTheDirectWay) {
    start({table_});
    EXPECT_EQ(load(rows(0, 10))[0].inserted, 10U);
    sql("INSERT INTO t (id, a) VALUES ('row15', 'x'), ('row16', 'of another')");
    const LoadStats stats = load(rows(5, 15), kSecond);
    EXPECT_EQ(stats[0].inserted, 8U);
    EXPECT_EQ(stats[0].updated, 1U);
    EXPECT_EQ(stats[0].unchanged, 6U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE a = 'x'"), "20");
    EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE `$changed` = '2024-03-05 11:00:00'"), "9");
    EXPECT_EQ(load(rows(0, 30), kSecond)[0].inserted, 10U);
}

TEST_F(MysqlTrouble, AStopRequestEndsALoadThatWaitsForALock) {
    start({table_});
    load(rows(0, 3));
    // A transaction of somebody else that holds a row.
    const std::jthread blocker([&] {
        try {
            sql("BEGIN;\nUPDATE t SET a = 'z' WHERE id = 'row1';\nSELECT SLEEP(600)");
        } catch (const std::runtime_error&) {  // killed below
        }
    });
    while (value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT "
                 "SLEEP%' AND DB = '" +
                 database_ + "'") == "0") {
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
    // The server gave the statement up too: the lease's row is free while the other is still
    // locked.
    destination_->streams().release(kStream, holder_);
    sql("KILL " + value("SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT "
                        "SLEEP%' AND DB = '" +
                        database_ + "'"));
    EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE a = 'x'"), "3");
}

TEST_F(MysqlTrouble, AKilledSessionIsTransientAndTheNextCallConnectsAgain) {
    start({table_});
    load(rows(0, 3));
    kill_sessions();
    EXPECT_EQ(error_of([&] { load(rows(3, 3)); }).fault(), Fault::transient);
    EXPECT_EQ(load(rows(0, 6))[0].inserted, 3U);
    kill_sessions();
    EXPECT_EQ(error_of([&] {
                  destination_->fingerprints(table_, std::vector<std::string>{"row1"});
              }).fault(),
              Fault::transient);
    EXPECT_EQ(destination_->fingerprints(table_, std::vector<std::string>{"row1"}).at(0), "");
    kill_sessions();
    EXPECT_EQ(error_of([&] { destination_->prepare(std::vector{table_}); }).fault(),
              Fault::transient);
    destination_->prepare(std::vector{table_});
}

TEST_F(MysqlTrouble, AReadOnlyServerIsTransientAndSaysSo) {
    const std::string user = make_user("writer");
    sql("GRANT ALL ON " + database_ + ".* TO " + user);
    destination_ = open_as(user);
    start({table_});
    sql("SET GLOBAL read_only = 1");
    const Error error = error_of([&] { load(rows(0, 3)); });
    sql("SET GLOBAL read_only = 0");
    EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    EXPECT_NE(error.hint().find("read-only"), std::string::npos) << error.hint();
    EXPECT_EQ(load(rows(0, 3))[0].inserted, 3U);
}

TEST_F(MysqlTrouble, ALoadThatEndsInADeadlockIsDoneAgain) {
    start({table_});
    load(rows(0, 2));
    const auto deadlocks = [&] {
        return std::stoi(
            value("SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE "
                  "VARIABLE_NAME = 'INNODB_DEADLOCKS'"));
    };
    const int before = deadlocks();
    std::uint64_t updated = 0;
    {
        // The other one takes row1, then, when we hold row0 and wait for row1, row0.
        const std::jthread loading([&] {
            while (value("SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO "
                         "SLEEP%' AND DB = '" +
                         database_ + "'") == "0") {
                std::this_thread::yield();
            }
            updated = load(rows(0, 2, "y"), kSecond)[0].updated;
        });
        sql("CREATE TABLE big (n int);\nINSERT INTO big SELECT seq FROM seq_1_to_100");
        // Heavier, so that the server ends our transaction rather than this one.
        sql("BEGIN;\nUPDATE big SET n = n + 1;\nUPDATE t SET a = 'other' WHERE id = 'row1';\n"
            "DO SLEEP(2);\nUPDATE t SET a = 'other' WHERE id = 'row0';\nCOMMIT");
    }
    EXPECT_EQ(deadlocks(), before + 1);
    EXPECT_EQ(updated, 2U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE a = 'y'"), "2");
}

TEST_F(MysqlTrouble, FourProcessesAddColumnsAtTheSameTime) {
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
    EXPECT_EQ(server_.columns(database_, "t").size(), 8U);
}

// Two programs, two streams, the same tables: what one waits for or loses is done again.
TEST_F(MysqlTrouble, TwoStreamsIntoTheSameTables) {
    start({table_});
    std::vector<std::jthread> threads;
    std::mutex mutex;
    std::string failed;
    constexpr int kLoads = 40, kRows = 50;
    for (int stream = 0; stream < 2; ++stream) {
        threads.emplace_back([&, stream] {
            auto destination = open();
            const std::string name = "stream" + std::to_string(stream);
            destination->streams().hold(name, holder_);
            for (int i = 0; i < kLoads; ++i) {
                // Rows of its own, and some that the other one writes too, in the other order.
                std::vector<Batch> batches;
                batches.emplace_back(table_);
                for (int row = 0; row < kRows; ++row) {
                    const int shared = stream == 0 ? row : kRows - row;
                    put(batches[0], {{"id", text("shared" + std::to_string(shared))},
                                     {"a", text(name + std::to_string(i))}});
                    put(batches[0], {{"id", text(name + "/" + std::to_string(i * kRows + row))},
                                     {"a", text("x")}});
                }
                const Checkpoint after{std::to_string(i)};
                for (bool done = false; !done;) {
                    try {
                        destination->load({batches, {}, {}, name, holder_, &after, kFirst}, {});
                        done = true;
                    } catch (const Error& error) {
                        if (error.fault() == Fault::transient) continue;
                        const std::lock_guard lock(mutex);
                        failed += error.what();
                        done = true;
                    }
                }
            }
        });
    }
    threads.clear();
    EXPECT_EQ(failed, "");
    EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE a = 'x'"), std::to_string(2 * kLoads * kRows));
    EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE id LIKE 'shared%'"), std::to_string(kRows + 1));
}

// A connection that is cut anywhere in a load: nothing is stored, and the same load works again.
TEST_F(MysqlTrouble, CutAfterAnyNumberOfBytes) {
    start({table_});
    TcpGate gate(static_cast<std::uint16_t>(server_.port()));
    const std::string url = "mysql://ringtail:" + MariadbServer::password() +
                            "@127.0.0.1:" + std::to_string(gate.port()) + "/" + database_ +
                            "?useSSL=false";
    destination_ = make_mysql(url, {}, log_);
    load(rows(0, 5));
    unsigned cut = 0;
    for (std::size_t bytes = 10; bytes < 6'000; bytes += 290) {
        gate.cut_after(Direction::to_server, bytes);
        const auto batches = rows(0, 60, "v" + std::to_string(bytes));
        try {
            load(batches, kSecond);
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::transient) << error.what();
            ++cut;
        }
        gate.disarm();
        load(batches, kSecond);
        EXPECT_EQ(value("SELECT COUNT(*) FROM t WHERE a = 'v" + std::to_string(bytes) + "'"), "60");
    }
    EXPECT_GT(cut, 5U);
}

// Real durability: what was committed must be there after the server died as by a power cut.
TEST(MysqlStops, LoadsGoOnAfterwardsAndNothingIsLostOrDoubled) {
    MariadbServer server(MariadbServer::Durability::real);
    const std::string database = server.create_database();
    LogLines log;
    const auto destination = make_mysql(server.url(database), {}, log);
    loads_survive_stops(
        *destination, table_of("t", {{"id"}, {"n", Type::int64}}),
        {.kill = [&] { server.stop_immediate(); },
         .start = [&] { server.start(); },
         .ask = [&](const std::string& sql) { return server.value(database, sql); }},
        2);
}

// Rows larger than a statement may be at the server.
TEST(MysqlPackets, RowsOfSeveralMegabytes) {
    MariadbServer server(MariadbServer::Durability::none,
                         {"--local-infile=OFF", "--max-allowed-packet=4M"});
    const std::string database = server.create_database();
    LogLines log;
    const Table table = table_of("t", {{"id"}, {"a"}});
    auto destination = make_mysql(server.url(database), {}, log);
    destination->prepare(std::vector{table});
    destination->streams().hold(kStream, this_holder());
    const auto load = [&](std::size_t bytes) {
        std::vector<Batch> batches;
        batches.emplace_back(table);
        for (const char* id : {"1", "2", "3"})
            put(batches[0], {{"id", text(id)}, {"a", text(std::string(bytes, 'x'))}});
        const Checkpoint after{"x"};
        return destination->load({batches, {}, {}, kStream, this_holder(), &after, kFirst}, {});
    };
    EXPECT_EQ(load(3'000'000)[0].inserted, 3U);
    EXPECT_EQ(log.with("LOAD DATA LOCAL is off").size(), 1U);
    const Error error = error_of([&] { load(5'000'000); });
    EXPECT_NE(error.hint().find("max_allowed_packet"), std::string::npos) << error.what();
    EXPECT_EQ(load(1'000)[0].updated, 3U);
}

}  // namespace
}  // namespace ringtail::test
