#include <atomic>
#include <thread>

#include "contract/stops.hpp"
#include "integration/clickhouse/fixture.hpp"
#include "support/tcp_gate.hpp"

// Servers that stop, connections that are cut, others who do the same at the same time.
namespace ringtail::test {
namespace {

class Trouble : public ClickHouseTest {
  protected:
    std::unique_ptr<Destination> open_through(const TcpGate& gate) {
        std::string url = server_.url(database_);
        const std::string port = ":" + std::to_string(server_.port()) + "/";
        url.replace(url.find(port), port.size(), ":" + std::to_string(gate.port()) + "/");
        return make_clickhouse(url, {}, clock_, *log_);
    }

    std::vector<Batch> rows(int first, int count, const std::string& a) const {
        std::vector<Batch> batches;
        batches.emplace_back(table_);
        for (int i = first; i < first + count; ++i) {
            const std::string id = "row" + std::to_string(i);
            const std::string day =
                "2024-0" + std::to_string(1 + i % 3) + "-05T10:00:00.000Z";  // three partitions
            put(batches[0], {{"id", text(id)}, {"a", text(a)}, {"fired", text(day)}});
        }
        return batches;
    }

    std::string count(const std::string& a) {
        return value("SELECT count() FROM t_current WHERE a = '" + a + "'");
    }

    const Table table_ = table_of("t", {{"a"}, {"fired", Type::timestamp}});
};

// Wherever the connection ends, no row is cut, and the repeated load makes it whole. libcurl itself
// repeats a request on a kept connection that ends without an answer.
TEST_F(Trouble, AConnectionCutInMidInsertIsRepeatedWithoutHarm) {
    start({table_});
    load(rows(0, 500, "zero"));
    std::size_t insert_starts = 0;
    {
        TcpGate gate(static_cast<std::uint16_t>(server_.port()));
        auto destination = open_through(gate);
        load_with(*destination, rows(0, 500, "all bytes"));
        insert_starts = gate.passed(Direction::to_server);
    }
    int cut = 0;
    for (std::size_t at = 2'000; at < insert_starts; at += 2'711) {
        SCOPED_TRACE(at);
        TcpGate gate(static_cast<std::uint16_t>(server_.port()));
        auto destination = open_through(gate);
        const std::string a = "cut at " + std::to_string(at) + " \t\n";
        gate.cut_after(Direction::to_server, at);
        try {
            load_with(*destination, rows(0, 500, a));
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::transient) << error.what();
        }
        cut += static_cast<int>(gate.cuts());
        EXPECT_EQ(value("SELECT count() FROM t_current"), "500");
        EXPECT_EQ(value("SELECT count() FROM t_current WHERE length(fired) != 26"), "0");
        const auto stats = load_with(*destination, rows(0, 500, a));
        EXPECT_EQ(stats[0].updated + stats[0].unchanged, 500U);
        EXPECT_EQ(stats[0].inserted, 0U);
        EXPECT_EQ(value("SELECT count() FROM t_current WHERE a LIKE 'cut at " + std::to_string(at) +
                        "%'"),
                  "500");
    }
    EXPECT_GT(cut, 5);
}

class CutInsert : public Trouble, public ::testing::WithParamInterface<Moment> {};

// The insert may or may not have been done: the next load finds out.
TEST_P(CutInsert, OfTheRowsOrOfTheCheckpoint) {
    start({table_});
    for (const char* table : {"`t`", "`ringtail_checkpoints`"}) {
        SCOPED_TRACE(table);
        TcpGate gate(static_cast<std::uint16_t>(server_.port()));
        auto destination = open_through(gate);
        gate.cut_at(Direction::to_server, "INSERT INTO `" + database_ + "`." + table, GetParam());
        const std::string a = std::string("x") + table;
        try {
            load_with(*destination, rows(0, 200, a));
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::transient) << error.what();
        }
        EXPECT_EQ(gate.cuts(), 1U);
        const auto stats = load_with(*destination, rows(0, 200, a));
        EXPECT_EQ(stats[0].inserted + stats[0].updated + stats[0].unchanged, 200U);
        EXPECT_EQ(count(a), "200");
        EXPECT_EQ(value("SELECT count() FROM t_current"), "200");
        EXPECT_EQ(destination->streams().checkpoint(kStream), Checkpoint{"after"});
    }
}

INSTANTIATE_TEST_SUITE_P(Moments, CutInsert,
                         ::testing::Values(Moment::before, Moment::after, Moment::answered));

TEST_F(Trouble, OfManyHoldersInTheSameInstantOneLoads) {
    destination_->prepare(std::vector{table_});
    constexpr int kHolders = 4;
    for (int round = 0; round < 5; ++round) {
        const std::string stream = "stream " + std::to_string(round);
        std::atomic<int> ready{0}, held{0};
        std::vector<std::unique_ptr<Destination>> handles;
        for (int i = 0; i < kHolders; ++i) handles.push_back(open());
        const auto name = [](std::size_t i) {
            return "host" + std::to_string(i) + "/boot/pid:[1]/4711/99";
        };
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < kHolders; ++i) {
            threads.emplace_back([&, i] {
                handles[i]->streams().checkpoint(stream);  // connected
                ++ready;
                while (ready < kHolders) std::this_thread::yield();
                try {
                    handles[i]->streams().hold(stream, name(i));
                    ++held;
                } catch (const Error& error) {
                    EXPECT_EQ(error.fault(), Fault::config) << error.what();
                }
            });
        }
        threads.clear();
        EXPECT_GE(held, 1);
        int loaded = 0;
        for (std::size_t i = 0; i < kHolders; ++i) {
            const Checkpoint after{"x"};
            const auto batches = rows(0, 1, "x");
            try {
                handles[i]->load({batches, {}, {}, stream, name(i), &after, kFirst}, {});
                ++loaded;
            } catch (const Error& error) {
                EXPECT_EQ(error.fault(), Fault::config) << error.what();
            }
        }
        EXPECT_EQ(loaded, 1);
    }
}

TEST_F(Trouble, TwoProcessesAddColumnsAtTheSameTime) {
    start({table_});
    load(rows(0, 100, "x"));
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
    destination_->prepare(std::vector{table_});
    const auto columns = server_.columns(database_, "t_current");
    EXPECT_EQ(columns.size(), table_.columns.size() + 5);
    EXPECT_EQ(count("x"), "100");
}

// Two streams, two handles, one table: no row is lost, and all columns are there.
TEST_F(Trouble, TwoStreamsFillOneTableAtTheSameTime) {
    Table first = table_, second = table_;
    first.columns.push_back({"of first"});
    second.columns.push_back({"of second"});
    const auto run = [&](const Table& table, const std::string& name) {
        auto destination = open();
        const auto prepared = destination->prepare(std::vector{table});
        destination->streams().hold(name, holder_);
        for (int round = 0; round < 5; ++round) {
            std::vector<Batch> batches;
            batches.emplace_back(prepared[0]);
            for (int i = 0; i < 200; ++i) {
                const std::string id = name + std::to_string(i), a = std::to_string(round);
                put(batches[0], {{"id", text(id)}, {"a", text(a)}, {"of " + name, text(id)}});
            }
            const Checkpoint after{std::to_string(round)};
            destination->load({batches, {}, {}, name, holder_, &after, kFirst}, {});
        }
    };
    {
        std::jthread one([&] { run(first, "first"); });
        std::jthread two([&] { run(second, "second"); });
    }
    destination_->prepare(std::vector{first, second});
    EXPECT_EQ(value("SELECT count() FROM t_current WHERE a = '4' AND `of first` = id"), "200");
    EXPECT_EQ(value("SELECT count() FROM t_current WHERE a = '4' AND `of second` = id"), "200");
    EXPECT_EQ(value("SELECT count() FROM t_current"), "400");
}

// What was loaded must be there after the server's process died.
TEST(ClickHouseStops, LoadsGoOnAfterwardsAndNothingIsLostOrDoubled) {
    ClickHouseServer server;
    const std::string database = server.create_database();
    const auto log = make_null_logger();
    SystemClock clock;
    const auto destination = make_clickhouse(server.url(database), {}, clock, *log);
    loads_survive_stops(*destination, table_of("t", {{"n", Type::int64}}),
                        {.kill = [&] { server.kill(); },
                         .start = [&] { server.start(); },
                         .ask = [&](const std::string& sql) { return server.value(database, sql); },
                         .shown = "t_current"},
                        3);
}

}  // namespace
}  // namespace ringtail::test
