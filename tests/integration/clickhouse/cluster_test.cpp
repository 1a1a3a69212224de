#include <atomic>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "integration/clickhouse/fixture.hpp"
#include "support/free_port.hpp"
#include "support/zookeeper_server.hpp"

// Two servers and ZooKeeper: two shards, or two replicas of one shard.
namespace ringtail::test {
namespace {

using ::testing::HasSubstr;

enum class Layout { shards, replicas };

struct TwoServers {
    explicit TwoServers(Layout layout) {
        ClickHouseServer::Cluster cluster;
        cluster.zookeeper_port = zookeeper.port();
        cluster.name = "both";
        const bool sharded = layout == Layout::shards;
        cluster.members = {{free_port(), "01", "one"}, {free_port(), sharded ? "02" : "01", "two"}};
        first = std::make_unique<ClickHouseServer>(cluster);
        cluster.self = 1;
        second = std::make_unique<ClickHouseServer>(cluster);
        for (const auto* server : {first.get(), second.get()})
            server->query("default", "CREATE DATABASE calls");
        // Servers of 2018 crash at times when the first statement for a whole cluster comes while
        // they connect to ZooKeeper. Nothing tells that they have, so the first one is asked.
        for (int tries = 0; !takes_statements(); ++tries) {
            if (tries == 3'000) throw std::runtime_error("no ZooKeeper: " + first->log());
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    }
    // The first one, for the whole cluster.
    bool takes_statements() const {
        try {
            return first->value("default",
                                "SELECT count() FROM system.zookeeper WHERE path = "
                                "'/clickhouse/task_queue' AND name = 'ddl' FORMAT TabSeparated") ==
                   "1";
        } catch (const std::runtime_error&) {  // not connected yet
            return false;
        }
    }
    std::string url(const ClickHouseServer& server) const {
        return server.url("calls", "pause=0&cluster=both");
    }

    ZooKeeperServer zookeeper;
    std::unique_ptr<ClickHouseServer> first, second;
};

class ClusterTest : public ::testing::TestWithParam<Layout> {
  protected:
    void TearDown() override {
        if (!HasFailure()) return;
        std::cout << "The first server: " << servers_.first->log()
                  << "\nThe second server: " << servers_.second->log() << std::endl;
    }
    std::unique_ptr<Destination> open(const ClickHouseServer& server) {
        return make_clickhouse(servers_.url(server), {}, clock_, *log_);
    }
    std::vector<Batch> rows(const std::vector<Table>& prepared, int count, const std::string& a) {
        std::vector<Batch> batches;
        batches.emplace_back(prepared[0]);
        for (int i = 0; i < count; ++i) {
            const std::string id = "row" + std::to_string(i);
            put(batches[0], {{"id", text(id)},
                             {"a", text(a)},
                             {"fired", text("2024-0" + std::to_string(1 + i % 4) + "-01")}});
        }
        return batches;
    }
    LoadStats load(Destination& destination, std::span<const Batch> batches,
                   const std::string& checkpoint = "after") {
        const Checkpoint after{checkpoint};
        return destination.load({batches, {}, {}, kStream, holder_, &after, kFirst}, {});
    }
    std::string first(const std::string& query) { return servers_.first->value("calls", query); }
    std::string second(const std::string& query) { return servers_.second->value("calls", query); }

    TwoServers servers_{GetParam()};
    SystemClock clock_;
    const std::unique_ptr<Logger> log_ = make_null_logger();
    const std::string holder_ = this_holder();
    std::string last_;
};

TEST_P(ClusterTest, RowsChangeAndAreErasedAndStayOnePerKey) {
    const Table table = table_of("t", {{"a"}, {"fired", Type::timestamp}});
    auto destination = open(*servers_.first);
    const auto prepared = destination->prepare(std::vector{table});
    destination->streams().hold(kStream, holder_);
    EXPECT_EQ(load(*destination, rows(prepared, 400, "1"))[0].inserted, 400U);
    EXPECT_EQ(load(*destination, rows(prepared, 400, "1"))[0].unchanged, 400U);
    EXPECT_EQ(load(*destination, rows(prepared, 400, "2"), "two")[0].updated, 400U);
    EXPECT_EQ(first("SELECT count() FROM t_current WHERE a = '2'"), "400");
    if (GetParam() == Layout::shards) {
        const int here = std::stoi(first("SELECT uniqExact(id) FROM t_local"));
        EXPECT_GT(here, 100);
        EXPECT_LT(here, 300);
        EXPECT_EQ(second("SELECT uniqExact(id) FROM t_local"), std::to_string(400 - here));
    } else {
        servers_.second->query("calls", "SYSTEM SYNC REPLICA t_local");
        EXPECT_EQ(second("SELECT uniqExact(id) FROM t_local"), "400");
    }
    EXPECT_EQ(second("SELECT count() FROM t_current WHERE a = '2'"), "400");
    std::vector<Batch> erase;
    erase.emplace_back(prepared[0]);
    for (int i = 0; i < 50; ++i) erase[0].erase("row" + std::to_string(i));
    EXPECT_EQ(load(*destination, erase, "three")[0].erased, 50U);
    EXPECT_EQ(first("SELECT count() FROM t_current"), "350");
    EXPECT_EQ(destination->fingerprints(table, std::vector<std::string>{"row1", "row60"}),
              (std::vector<std::optional<std::string>>{std::nullopt, ""}));
    EXPECT_EQ(destination->streams().checkpoint(kStream), Checkpoint{"three"});
}

TEST_P(ClusterTest, ColumnsAreAddedFilledAndWidenedOnEveryServer) {
    Table table = table_of("t", {{"a"}, {"fired", Type::timestamp}, {"_extra", Type::json}});
    table.rest = "_extra";
    auto destination = open(*servers_.first);
    auto prepared = destination->prepare(std::vector{table});
    destination->streams().hold(kStream, holder_);
    std::vector<Batch> batches;
    batches.emplace_back(prepared[0]);
    for (int i = 0; i < 20; ++i) {
        const std::string id = std::to_string(i), rest = "{\"n\":" + id + ".5}";
        put(batches[0], {{"id", text(id)}, {"_extra", json(rest)}});
    }
    load(*destination, batches);
    table.columns.push_back({"n", Type::decimal});
    prepared = destination->prepare(std::vector{table});
    EXPECT_EQ(first("SELECT toString(sum(n)) FROM t_current"), "200.0000000000");
    EXPECT_EQ(first("SELECT count() FROM t_current WHERE _extra IS NOT NULL"), "0");
    const std::string digits(40, '7');
    load(*destination, one(prepared[0], {{"id", text("0")}, {"n", number(digits)}}));
    if (GetParam() == Layout::replicas)
        servers_.second->query("calls", "SYSTEM SYNC REPLICA t_local");
    for (const auto* server : {servers_.first.get(), servers_.second.get()}) {
        EXPECT_EQ(server->value("calls", "SELECT n FROM t_current WHERE id = '0'"), digits);
        EXPECT_EQ(server->value("calls", "SELECT count() FROM t_current"), "20");
    }
}

TEST_P(ClusterTest, AServerThatIsGoneForAWhile) {
    const Table table = table_of("t", {{"a"}, {"fired", Type::timestamp}});
    auto destination = open(*servers_.first);
    const auto prepared = destination->prepare(std::vector{table});
    destination->streams().hold(kStream, holder_);
    load(*destination, rows(prepared, 100, "1"));
    servers_.second->kill();
    if (GetParam() == Layout::shards) {
        const Error error = error_of([&] { load(*destination, rows(prepared, 100, "2"), "two"); });
        EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    } else {
        EXPECT_EQ(load(*destination, rows(prepared, 100, "2"), "two")[0].updated, 100U);
    }
    servers_.second->start();
    const auto stats = load(*destination, rows(prepared, 100, "2"), "two");
    EXPECT_EQ(stats[0].updated + stats[0].unchanged, 100U);
    if (GetParam() == Layout::replicas)
        servers_.second->query("calls", "SYSTEM SYNC REPLICA t_local");
    EXPECT_EQ(second("SELECT count() FROM t_current WHERE a = '2'"), "100");
    EXPECT_EQ(first("SELECT count() FROM t_current"), "100");
}

TEST_P(ClusterTest, TablesOfAClusterAndOfOneServerAreNotMistaken) {
    const Table table = table_of("t", {{"a"}});
    open(*servers_.first)->prepare(std::vector{table});
    const std::string alone = servers_.first->url("calls");
    const auto prepare_alone = [&](const Table& wanted) {
        make_clickhouse(alone, {}, clock_, *log_)->prepare(std::vector{wanted});
    };
    Error error = error_of([&] { prepare_alone(table); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_THAT(error.hint(), HasSubstr("?cluster=NAME"));
    servers_.first->query("default", "CREATE DATABASE here");
    make_clickhouse(servers_.first->url("here"), {}, clock_, *log_)->prepare(std::vector{table});
    error = error_of([&] {
        const std::string url = servers_.first->url("here", "pause=0&cluster=both");
        make_clickhouse(url, {}, clock_, *log_)->prepare(std::vector{table});
    });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_THAT(std::string(error.what()), HasSubstr("on this server alone"));
}

class ClusterTrouble : public ClusterTest {};

// Killed at any instant of a row of loads and started again: each load is repeated, as the pipeline
// does it, until it is stored.
TEST_P(ClusterTrouble, AZooKeeperThatIsGoneForAWhile) {
    const Table table = table_of("t", {{"a"}, {"fired", Type::timestamp}});
    auto destination = open(*servers_.first);
    const auto prepared = destination->prepare(std::vector{table});
    destination->streams().hold(kStream, holder_);
    std::atomic<int> stored = 0, failed = 0;
    const std::jthread disturbance([&] {
        while (stored < 3) std::this_thread::yield();
        servers_.zookeeper.kill();
        while (failed < 1) std::this_thread::yield();
        servers_.zookeeper.start();
    });
    // At least until one has failed, and some more.
    int number = 0;
    for (int rest = 3; rest > 0; ++number) {
        if (failed > 0) --rest;
        auto batches = rows(prepared, 100, std::to_string(number));
        const std::string only = "only " + std::to_string(number);  // in this load
        put(batches[0], {{"id", text(only)}, {"a", text(only)}});
        while (true) {
            try {
                load(*destination, batches, std::to_string(number));
                break;
            } catch (const Error& error) {
                ++failed;
                ASSERT_EQ(error.fault(), Fault::transient) << error.what();
                destination = open(*servers_.first);
                std::this_thread::sleep_for(std::chrono::milliseconds(50));  // the pipeline's pause
            }
        }
        last_ = std::to_string(number);
        ++stored;
    }
    EXPECT_EQ(destination->streams().checkpoint(kStream), Checkpoint{last_});
    servers_.second->query("calls", "SYSTEM SYNC REPLICA t_local");
    const std::string keys = std::to_string(100 + number);
    for (const auto* server : {servers_.first.get(), servers_.second.get()}) {
        EXPECT_EQ(server->value("calls", "SELECT count() FROM t_current"), keys);
        EXPECT_EQ(server->value("calls", "SELECT uniqExact(id) FROM t_current"), keys);
        EXPECT_EQ(server->value("calls", "SELECT count() FROM t_current WHERE a = '" + last_ + "'"),
                  "100");
    }
}

INSTANTIATE_TEST_SUITE_P(Layouts, ClusterTrouble,
                         ::testing::Values(Layout::shards, Layout::replicas), [](const auto& one) {
                             return one.param == Layout::shards ? "Shards" : "Replicas";
                         });

INSTANTIATE_TEST_SUITE_P(Layouts, ClusterTest, ::testing::Values(Layout::shards, Layout::replicas),
                         [](const auto& one) {
                             return one.param == Layout::shards ? "Shards" : "Replicas";
                         });

}  // namespace
}  // namespace ringtail::test
