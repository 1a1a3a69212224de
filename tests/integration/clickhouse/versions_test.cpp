#include "destination/clickhouse/hash.hpp"
#include "integration/clickhouse/fixture.hpp"

// Old versions of rows, deleted rows, and what the view makes of them.
namespace ringtail::test {
namespace {

class Versions : public ClickHouseTest {
  protected:
    const Table calls_ = table_of("calls", {{"name"}, {"fired", Type::timestamp}});

    std::string rows() { return value("SELECT count() FROM calls"); }
    std::string view() {
        std::string all;
        for (const auto& row : server_.query(
                 database_,
                 "SELECT id, name, fired FROM calls_current ORDER BY id FORMAT TabSeparated")) {
            for (const auto& field : row) all += field.value_or("-") + " ";
        }
        return all;
    }
};

// The server's own function over known bytes tells that our hash is what its name says.
TEST_F(Versions, OurHashIsTheServers) {
    for (const std::string text : {"", "a", "Jana Müller", "0123456789abcdef0123456789"}) {
        EXPECT_EQ(value("SELECT sipHash64(" + ClickHouseServer::literal(text) + ")"),
                  std::to_string(clickhouse::sip_hash(text)));
    }
}

// Old versions are replaced within one partition only: a row must not leave its own.
TEST_F(Versions, ARowWhoseMonthChangesIsStillOneRow) {
    start({calls_});
    load(one(calls_, {{"id", text("a")}, {"name", text("1")}, {"fired", text("2024-01-05")}}));
    load(one(calls_, {{"id", text("b")}, {"name", text("1")}}));
    load(one(calls_, {{"id", text("a")}, {"name", text("2")}, {"fired", text("2024-02-05")}}));
    load(one(calls_, {{"id", text("b")}, {"name", text("2")}, {"fired", text("2023-07-01")}}));
    load(one(calls_, {{"id", text("a")}, {"name", text("3")}}));
    const std::string expected = "a 3 - b 2 2023-07-01 00:00:00.000000 ";
    EXPECT_EQ(view(), expected);
    EXPECT_EQ(value("SELECT arrayStringConcat(arraySort(groupUniqArray(concat(id, ' ', "
                    "toString(_month)))), ', ') FROM calls"),
              "a 202401, b 0");
    sql("OPTIMIZE TABLE calls PARTITION 202401 FINAL");
    sql("OPTIMIZE TABLE calls PARTITION 0 FINAL");
    EXPECT_EQ(rows(), "2") << "merging leaves one row of each key";
    EXPECT_EQ(view(), expected);
}

TEST_F(Versions, UnchangedRowsAreNotWritten) {
    start({calls_});
    std::vector<Batch> batches;
    batches.emplace_back(calls_);
    for (int i = 0; i < 100; ++i) {
        const std::string id = std::to_string(i);
        put(batches[0], {{"id", text(id)}, {"name", text("x")}, {"fired", text("2024-01-05")}});
    }
    EXPECT_EQ(load(batches)[0].inserted, 100U);
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, 100U);
    EXPECT_EQ(rows(), "100");
    auto other = open();
    EXPECT_EQ(load_with(*other, batches, kSecond)[0].unchanged, 100U);
    EXPECT_EQ(rows(), "100");
}

TEST_F(Versions, ErasedRowsStayAwayThroughMergesAndMayComeBack) {
    start({calls_});
    load(one(calls_, {{"id", text("a")}, {"name", text("1")}, {"fired", text("2024-01-05")}}));
    load(one(calls_, {{"id", text("b")}, {"name", text("1")}, {"fired", text("2024-01-05")}}));
    std::vector<Batch> erase;
    erase.emplace_back(calls_);
    erase[0].erase("a");
    EXPECT_EQ(load(erase)[0].erased, 1U);
    EXPECT_EQ(load(erase)[0].erased, 0U) << "it is gone already";
    const std::string b = "b 1 2024-01-05 00:00:00.000000 ";
    EXPECT_EQ(view(), b);
    sql("OPTIMIZE TABLE calls PARTITION 202401 FINAL");
    EXPECT_EQ(view(), b);
    EXPECT_EQ(value("SELECT count() FROM calls_current WHERE name IS NULL"), "0")
        << "a condition on the view is no way around the mark";
    EXPECT_EQ(value("SELECT count() FROM calls_current WHERE id = 'a'"), "0");
    const auto back = load(one(calls_, {{"id", text("a")}, {"name", text("2")}}));
    EXPECT_EQ(back[0].inserted, 1U);
    EXPECT_EQ(view(), "a 2 - " + b);
}

TEST_F(Versions, TheNewestLoadWinsThoughClocksGoBack) {
    start({calls_});
    load(one(calls_, {{"id", text("a")}, {"name", text("1")}}));
    ManualClock slow;
    slow.now_ -= std::chrono::hours(24);
    auto late = make_clickhouse(server_.url(database_), {}, slow, *log_);
    load_with(*late, one(calls_, {{"id", text("a")}, {"name", text("2")}}));
    EXPECT_EQ(shown("calls", "a", "name"), "2");
    load_with(*late, one(calls_, {{"id", text("a")}, {"name", text("3")}}));
    EXPECT_EQ(shown("calls", "a", "name"), "3");
    EXPECT_EQ(late->streams().checkpoint(kStream), Checkpoint{"after"});
    load(one(calls_, {{"id", text("a")}, {"name", text("4")}}));
    EXPECT_EQ(shown("calls", "a", "name"), "4");
}

// An update writes the whole row anew; what stands in columns that are not ours goes along.
TEST_F(Versions, TheUsersOwnColumnsAreKeptOverUpdates) {
    start({calls_});
    load(one(calls_, {{"id", text("a")}, {"name", text("1")}}));
    load(one(calls_, {{"id", text("b")}, {"name", text("1")}}));
    sql("ALTER TABLE calls ADD COLUMN note Nullable(String), ADD COLUMN rank Int32 DEFAULT 7, ADD "
        "COLUMN twice String MATERIALIZED concat(id, id)");
    sql("INSERT INTO calls (id, name, note, rank, _version, _hash) SELECT id, name, "
        "'of\\tthe\\\\user', 5, _version + 1, _hash FROM calls WHERE id = 'a'");
    destination_->prepare(std::vector{calls_});
    std::vector<Batch> batches;
    batches.emplace_back(calls_);
    for (const char* id : {"a", "b", "c"}) put(batches[0], {{"id", text(id)}, {"name", text("2")}});
    const auto stats = load(batches, kSecond);
    EXPECT_EQ(stats[0].updated, 2U);
    EXPECT_EQ(stats[0].inserted, 1U);
    EXPECT_EQ(shown("calls", "a", "name"), "2");
    EXPECT_EQ(shown("calls", "a", "note"), "of\tthe\\user");
    EXPECT_EQ(shown("calls", "a", "rank"), "5");
    EXPECT_EQ(shown("calls", "b", "note"), "NULL");
    EXPECT_EQ(shown("calls", "c", "rank"), "7") << "a new row has the column's default";
}

TEST_F(Versions, OneInsertPerTableAndPause) {
    ManualClock clock;
    auto paced = make_clickhouse(server_.url(database_, "pause=1s"), {}, clock, *log_);
    start({calls_});
    for (int i = 0; i < 5; ++i)
        load_with(*paced, one(calls_, {{"id", text("a")}, {"name", text(std::to_string(i))}}));
    EXPECT_EQ(clock.slept_, std::chrono::milliseconds(4'000));
}

TEST_F(Versions, CompressedInsertsAreTheSame) {
    start({calls_});
    auto compressed = open("pause=0&compress=yes");
    std::vector<Batch> batches;
    batches.emplace_back(calls_);
    for (int i = 0; i < 3'000; ++i) {
        const std::string id = "c\t" + std::to_string(i);
        put(batches[0], {{"id", text(id)}, {"name", text("größe \n\\")}});
    }
    EXPECT_EQ(load_with(*compressed, batches)[0].inserted, 3'000U);
    EXPECT_EQ(load(batches)[0].unchanged, 3'000U);
    EXPECT_EQ(value("SELECT count() FROM calls_current WHERE name = 'größe \\n\\\\'"), "3000");
}

}  // namespace
}  // namespace ringtail::test
