#include "control/migrations.hpp"

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>

#include "contract/control/fixture.hpp"
#include "control/inbox.hpp"

namespace ringtail::control {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::SizeIs;

const std::string kGolden = RINGTAIL_SOURCE_DIR "/tests/golden/control/";
// What the golden files were sealed with.
constexpr const char* kKey = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

std::int64_t single(sqlite::Connection& db, const std::string& sql) {
    auto select = db.prepare(sql);
    return select.step() ? select.integer(0) : -1;
}

void make_from(const std::string& golden, const std::string& path) {
    std::ifstream file(golden);
    ASSERT_TRUE(file) << golden;
    const std::string sql{std::istreambuf_iterator<char>(file), {}};
    sqlite::Connection(path, {.foreign_keys = false}).run(sql);
}

class Migrations : public ::testing::Test {
  protected:
    Migrations() { ::setenv("RINGTAIL_SECRET_KEY", kKey, 1); }
    ~Migrations() override { ::unsetenv("RINGTAIL_SECRET_KEY"); }
    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
    test::TemporaryFolder folder_;
};

// A new version of a schema needs a new golden file: ring the old one up with some rows, then
//   (sqlite3 FILE .dump; echo "PRAGMA user_version=N;") > tests/golden/control/control_N.sql
TEST_F(Migrations, EveryEarlierControlStoreIsOpened) {
    for (std::size_t version = 1; version <= control_migrations().size(); ++version) {
        SCOPED_TRACE(version);
        const std::string file = path("control_" + std::to_string(version) + ".db");
        make_from(kGolden + "control_" + std::to_string(version) + ".sql", file);
        Store store({file, path("none.key")});
        const SourceRecord shop = store.sources().get("shop");
        EXPECT_EQ(store.sources().secret(shop.number), "the api key of shop");
        EXPECT_EQ(store.destinations().url(shop.destination), "postgres://u:p@h/d");
        EXPECT_EQ(store.sources().hook_tokens(shop.number, at(0)).now.size(), 43U);
        EXPECT_EQ(store.jobs().find(shop.number, "load")->schedule, "every 15m");
        EXPECT_THAT(store.runs().open(), SizeIs(1));
        EXPECT_THAT(store.journal().find({}), SizeIs(3));
        EXPECT_EQ(store.journal().days({}, "", "").at(0).rows.added, 5U);
        EXPECT_TRUE(store.keys().any());
        sqlite::Connection db(file);
        EXPECT_EQ(static_cast<std::size_t>(single(db, "PRAGMA user_version")),
                  control_migrations().size());
    }
}

TEST_F(Migrations, EveryEarlierInboxIsOpened) {
    for (std::size_t version = 1; version <= inbox_migrations().size(); ++version) {
        SCOPED_TRACE(version);
        const std::string file = path("inbox_" + std::to_string(version) + ".db");
        make_from(kGolden + "inbox_" + std::to_string(version) + ".sql", file);
        Inbox inbox(file);
        ASSERT_THAT(inbox.take(1, {}).hooks, SizeIs(2));
        EXPECT_EQ(inbox.take(1, {}).hooks[1].body, R"({"unique":"2"})");
        EXPECT_EQ(inbox.counts()[1].hooks, 2U);
        EXPECT_THAT(inbox.rejects({}), SizeIs(1));
    }
}

TEST_F(Migrations, AStoreOfANewerProgramIsRefused) {
    { Store store({path("c.db"), path("c.key")}); }
    sqlite::Connection(path("c.db")).run("PRAGMA user_version = 99");
    EXPECT_THAT(config_error([&] {
                    Store({path("c.db"), path("c.key")});
                }),
                AllOf(HasSubstr("newer Ringtail"), HasSubstr("version 99"), HasSubstr("c.db")));
    { Inbox inbox(path("i.db")); }
    sqlite::Connection(path("i.db")).run("PRAGMA user_version = 99");
    EXPECT_THAT(config_error([&] { Inbox(path("i.db")); }), HasSubstr("newer Ringtail"));
}

TEST_F(Migrations, EachStepIsAllOrNothing) {
    sqlite::Connection db(path("x.db"));
    constexpr std::array kGood{"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                               "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = 2"};
    constexpr std::array kBad{kGood[0],
                              "ALTER TABLE a ADD COLUMN y; INSERT INTO nowhere VALUES (1)"};
    EXPECT_THROW(migrate(db, kBad), Error);
    EXPECT_EQ(single(db, "PRAGMA user_version"), 1);
    EXPECT_EQ(single(db, "SELECT count(*) FROM pragma_table_info('a')"), 1);
    migrate(db, kGood);
    EXPECT_EQ(single(db, "PRAGMA user_version"), 2);
    EXPECT_EQ(single(db, "SELECT y FROM a"), 2);
    migrate(db, kGood);
    EXPECT_EQ(single(db, "SELECT count(*) FROM a"), 1);
}

TEST_F(Migrations, ManyThatStartAtOnceDoItOnce) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([this] { Store({path("c.db"), path("c.key")}); });
    }
    threads.clear();
    EXPECT_NO_THROW(Store({path("c.db"), path("c.key")}).jobs().list());
}

}  // namespace
}  // namespace ringtail::control
