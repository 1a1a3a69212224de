#include <gmock/gmock.h>

#include <thread>

#include "base/time_text.hpp"
#include "service/file_rows.hpp"
#include "service/scene.hpp"
#include "sqlite/connection.hpp"
#include "support/many_calls.hpp"
#include "support/postgres_server.hpp"

// Many old calls are deleted while webhooks and loads of the same source come in.
namespace ringtail::service {
namespace {

using namespace std::chrono_literals;

constexpr unsigned kOldCalls = 20'000;

struct Database {
    virtual ~Database() = default;
    virtual std::string url() const { return {}; }  // "": the default one
    virtual std::string value(const Scene& scene, const std::string& sql) const {
        return scene.value(sql);
    }
    virtual void run(const Scene& scene, const std::string& sql) const {
        sqlite::Connection(scene.stage.path("data/calls.db")).run(sql);
    }
    virtual std::string columns_of(const std::string& table) const {
        return "SELECT group_concat(name) FROM pragma_table_info('" + table + "')";
    }
    virtual test::ManyCalls many() const { return test::ManyCalls::in_sqlite(kOldCalls); }
};

struct OnPostgres final : Database {
    std::string url() const override { return server.url(name); }
    std::string value(const Scene&, const std::string& sql) const override {
        return server.value(name, sql);
    }
    void run(const Scene&, const std::string& sql) const override { server.query(name, sql); }
    std::string columns_of(const std::string& table) const override {
        return "SELECT string_agg(column_name, ',') FROM information_schema.columns WHERE "
               "table_name = '" +
               table + "'";
    }
    test::ManyCalls many() const override { return test::ManyCalls::in_postgres(kOldCalls); }

    test::PostgresServer& server = test::PostgresServer::shared();
    const std::string name = server.create_database();
};

std::vector<std::string> split(const std::string& names) {
    std::vector<std::string> parts(1);
    for (const char c : names) {
        if (c == ',')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

class PrunedMeanwhile : public testing::TestWithParam<const char*> {
  protected:
    PrunedMeanwhile() : calls_(small_account(8, 60)) {
        if (std::string(GetParam()) == "PostgreSQL") database_ = std::make_unique<OnPostgres>();
    }
    std::uint64_t count(const std::string& from) const {
        return std::stoull(database_->value(scene_, "SELECT count(*) FROM " + from));
    }
    void add_old(const std::string& table, const std::string& sql) const {
        database_->run(scene_, sql);
        ASSERT_GT(count(table), kOldCalls);
    }
    std::vector<std::string> columns(const std::string& table) const {
        return split(database_->value(scene_, database_->columns_of(table)));
    }

    std::unique_ptr<Database> database_ = std::make_unique<Database>();
    sim::CallKeeper calls_;
    Scene scene_;
};

TEST_P(PrunedMeanwhile, NothingIsLostAndOthersHaveTheirTurn) {
    Words further{"--settle", "off"};
    if (const std::string url = database_->url(); !url.empty()) {
        scene_.run({"destination", "add", "db", "--url", url});
        further.insert(further.end(), {"--destination", "db"});
    }
    scene_.add_callkeeper(calls_, "office", further);
    scene_.run({"job", "edit", "office", "--schedule", "manual"});
    scene_.serve();
    scene_.run({"load", "office", "--wait"});  // which reads the last days only
    const auto loaded = count("callkeeper_calls_facts");
    ASSERT_GT(loaded, 0U);
    const auto many = database_->many();
    add_old("callkeeper_calls", many.calls(columns("callkeeper_calls")));
    add_old("callkeeper_calls_facts", many.facts(columns("callkeeper_calls_facts")));

    sim::HookCounts sent;
    std::jthread sender(
        [&] { sent = calls_.send_hooks({.url = scene_.hook_address(), .per_second = 150}); });
    scene_.run({"prune", "office", "--keep-days", "100"});
    const auto state = [&] { return member(scene_.last_run("office", "prune"), "state"); };
    do scene_.run({"load", "office", "--wait"});
    while (state() != "done");
    sender.join();
    scene_.wait("all hooks are rows", [&] {
        return FileRows(scene_.stage.path("data/inbox.db")).rows("SELECT 1 FROM hooks").empty();
    });

    EXPECT_EQ(sent.acknowledged, sent.sent);
    EXPECT_EQ(sent.acknowledged_calls.size(), true_calls(calls_));
    for (const char* table : {"callkeeper_calls", "callkeeper_calls_facts"})
        EXPECT_EQ(count(table), true_calls(calls_)) << table;
    const std::string prune = scene_.last_run("office", "prune");
    EXPECT_EQ(member(member(prune, "rows"), "deleted"), std::to_string(2 * kOldCalls));
    EXPECT_THAT(member(prune, "message"),
                testing::HasSubstr("deleted " + std::to_string(kOldCalls)));
    const std::string meanwhile = scene_.stage.value(
        "data/control.db",
        "SELECT count(*) FROM runs o, runs p WHERE p.kind = 'prune' AND o.kind IN ('load', "
        "'hooks') AND o.started > p.started AND o.ended < p.ended AND o.added > 0");
    EXPECT_NE(meanwhile, "0") << "the others waited for the end\n"
                              << scene_.run({"journal", "--limit", "20", "--output", "json"});
}

INSTANTIATE_TEST_SUITE_P(Databases, PrunedMeanwhile, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace ringtail::service
