#include <gtest/gtest.h>
#include <sys/stat.h>

#include <random>

#include "contract/fixture.hpp"
#include "contract/sqlite/subject.hpp"

// What only SQLite has: affinities, storage classes, and tables that were there before.
namespace ringtail::contract {
namespace {

class SqliteStorage : public ::testing::Test {
  protected:
    SqliteStorage() : destination_(subject_.open({})) {}

    std::vector<Table> start(const std::vector<Table>& tables) {
        auto prepared = destination_->prepare(tables);
        destination_->streams().hold(kStream, holder_);
        return prepared;
    }
    TableStats load(const std::vector<Batch>& batches, Instant now = kFirst) {
        return destination_->load({batches, {}, {}, kStream, holder_, nullptr, now}, {}).at(0);
    }
    std::string ask(const std::string& sql) { return PlainSqlite(subject_.path()).one(sql); }
    void run(const std::string& sql) { PlainSqlite(subject_.path()).run(sql); }

    SqliteSubject subject_;
    std::unique_ptr<Destination> destination_;
    const std::string holder_ = this_holder();
};

Table small(Type type) { return {"t", {{"id"}, {"v", type}}, {"id"}, {}, "", "", ""}; }

TEST_F(SqliteStorage, TheFileIsPrivateAndInWalMode) {
    start({contacts_table()});
    struct stat file {};
    ASSERT_EQ(::stat(subject_.path().c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0600U);
    EXPECT_EQ(ask("PRAGMA journal_mode"), "wal");
    for (const auto& entry : std::filesystem::directory_iterator(subject_.folder())) {
        EXPECT_TRUE(entry.path().filename().string().starts_with("ringtail.db")) << entry.path();
        EXPECT_EQ(entry.status().permissions() & std::filesystem::perms(077),
                  std::filesystem::perms::none);
        EXPECT_LT(entry.path().filename().string().size(), 16U)
            << "a temporary file was left: " << entry.path();
    }
}

TEST_F(SqliteStorage, DeclaresTypesThatKeepEveryValue) {
    start({contacts_table()});
    const Dump columns = PlainSqlite(subject_.path())
                             .query("SELECT name, type FROM pragma_table_info('df_contacts')");
    const std::vector<std::vector<std::optional<std::string>>> expected{
        {"$id", "TEXT"},
        {"$md5", "TEXT"},
        {"name", "TEXT"},
        {"amount", ""},
        {"count", "INTEGER"},
        {"active", "BOOLEAN"},
        {"seen", "TIMESTAMP TEXT"},
        {"data", "JSON TEXT"},
        {"$changed", "TIMESTAMP TEXT"},
        {"_extra", "JSON TEXT"}};
    EXPECT_EQ(columns.rows, expected);
}

TEST_F(SqliteStorage, DecimalsTakeTheStorageClassThatIsExact) {
    start({small(Type::decimal)});
    const std::vector<std::array<std::string, 3>> cases{
        {"5", "integer", "5"},
        {"1e5", "integer", "100000"},
        {"12.00", "integer", "12"},
        {"-9223372036854775808", "integer", "-9223372036854775808"},
        {"9223372036854775808", "text", "9223372036854775808"},
        {"12.50", "real", "12.5"},
        {"0.1", "real", "0.1"},
        {"123456789.012345", "real", "123456789.012345"},
        {"1234567890.012345", "text", "1234567890.012345"},
        {"0.1234567890123456", "text", "0.1234567890123456"},
        {"-0.0", "integer", "0"},
    };
    for (const auto& [number_text, storage, shown] : cases) {
        SCOPED_TRACE(number_text);
        load(one(small(Type::decimal), {{"id", text("r")}, {"v", number(number_text)}}));
        EXPECT_EQ(ask("SELECT typeof(v) FROM t"), storage);
        EXPECT_EQ(ask("SELECT v FROM t"), shown);
    }
}

// SQLite's own way from REAL to text must give back the digits that went in.
TEST_F(SqliteStorage, RandomDecimalsComeBackDigitForDigit) {
    constexpr unsigned kSeed = 20240305;
    std::mt19937_64 random(kSeed);
    const Table table = small(Type::decimal);
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    std::map<std::string, std::string> expected;
    for (int i = 0; i < 20'000; ++i) {
        std::string digits(1, static_cast<char>('1' + random() % 9));
        for (std::size_t n = random() % 18; n > 0; --n)
            digits += static_cast<char>('0' + random() % 10);
        const int exponent = static_cast<int>(random() % 600) - 300;
        const std::string value = i % 2 == 0 ? digits + "e" + std::to_string(exponent)
                                             : digits.substr(0, digits.size() / 2) + "0." + digits;
        put(batches[0], {{"id", text(std::to_string(i))}, {"v", number(value)}});
        expected[std::to_string(i)] = value;
    }
    load(batches);
    std::map<std::string, int> storages;
    for (const auto& row :
         PlainSqlite(subject_.path()).query("SELECT id, v, typeof(v) FROM t").rows) {
        ++storages[*row[2]];
        ASSERT_EQ(plain(Type::decimal, row[1]), plain(Type::decimal, expected[*row[0]]))
            << "seed " << kSeed << ", " << expected[*row[0]];
    }
    EXPECT_GT(storages["real"], 1'000);
    EXPECT_GT(storages["text"], 1'000);
    EXPECT_GT(storages["integer"], 100);
}

TEST_F(SqliteStorage, NewTablesHaveForeignKeysAndIndexes) {
    Table calls = calls_table();
    calls.columns.push_back({"task"});
    calls.references.push_back({"task", "df_contacts", false});
    start({contacts_table(), calls});
    EXPECT_EQ(ask("SELECT \"from\" || '>' || \"table\" || '.' || \"to\" || ' ' || on_delete FROM "
                  "pragma_foreign_key_list('df_calls')"),
              "contact_id>df_contacts.$id CASCADE");
    EXPECT_EQ(ask("SELECT count(*) FROM pragma_foreign_key_list('df_calls')"), "1");
    EXPECT_EQ(ask("SELECT count(*) FROM pragma_index_list('df_calls') WHERE origin = 'c'"), "2");
}

TEST_F(SqliteStorage, WithoutForeignKeysThereAreIndexesOnly) {
    destination_ = subject_.open({.foreign_keys = false});
    start({contacts_table(), calls_table()});
    EXPECT_EQ(ask("SELECT count(*) FROM pragma_foreign_key_list('df_calls')"), "0");
    EXPECT_EQ(ask("SELECT count(*) FROM pragma_index_list('df_calls') WHERE origin = 'c'"), "1");
}

// A column that would change a value gets NULL, and the value is kept as a reject.
TEST_F(SqliteStorage, ColumnsOfAnExistingTableChangeNoValue) {
    struct Case {
        std::string declared;
        Type wanted;
        Cell cell;
        std::string stored;  // NULL: rejected
    };
    const std::vector<Case> cases{
        {"VARCHAR(3)", Type::text, text("longer than three"), "longer than three"},
        {"VARCHAR(3)", Type::decimal, number("12345678901234567890.10"), "12345678901234567890.10"},
        {"VARCHAR(30)", Type::timestamp, text("no time"), "no time"},
        {"INTEGER", Type::decimal, number("12345678901234567890"), "NULL"},
        {"INTEGER", Type::int64, number("7.5"), "7.5"},
        {"BIGINT", Type::int64, number("1e3"), "1000"},
        {"INTEGER", Type::text, text("+49 30 123"), "NULL"},
        {"NUMERIC", Type::decimal, number("0.12345678901234567"), "NULL"},
        {"DECIMAL(10,2)", Type::decimal, number("12.50"), "12.5"},
        {"REAL", Type::decimal, number("9007199254740993"), "NULL"},
        {"REAL", Type::decimal, number("0.25"), "0.25"},
        {"DATETIME", Type::timestamp, text("2024-03-05T10:03:27.481Z"), "2024-03-05T10:03:27.481Z"},
        {"BOOLEAN", Type::boolean, boolean(true), "1"},
        {"BLOB", Type::text, text("007"), "007"},
        {"", Type::text, text("1e5"), "1e5"},
    };
    for (const Case& test : cases) {
        SCOPED_TRACE(test.declared + " <- " + std::string(test.cell.text));
        run("DROP TABLE IF EXISTS t; CREATE TABLE t (id VARCHAR(50) PRIMARY KEY, v " +
            test.declared + ")");
        const Table table = small(test.wanted);
        start({table});
        run("DELETE FROM ringtail_rejects");
        load(one(table, {{"id", text("r")}, {"v", test.cell}}));
        EXPECT_EQ(ask("SELECT v FROM t"), test.stored);
        EXPECT_EQ(ask("SELECT count(*) FROM ringtail_rejects"), test.stored == "NULL" ? "1" : "0");
        EXPECT_EQ(load(one(table, {{"id", text("r")}, {"v", test.cell}}), kSecond).unchanged, 1U);
    }
}

TEST_F(SqliteStorage, StrictTablesAndTablesWithoutRowidAreFilled) {
    run("CREATE TABLE t (id TEXT PRIMARY KEY, v INTEGER) STRICT, WITHOUT ROWID");
    const Table table = small(Type::int64);
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    put(batches[0], {{"id", text("a")}, {"v", number("1")}});
    put(batches[0], {{"id", text("b")}, {"v", number("7.5")}});
    auto stats = load(batches);
    EXPECT_EQ(stats.inserted, 2U);
    EXPECT_EQ(stats.rejected, 1U);
    EXPECT_EQ(ask("SELECT group_concat(id || coalesce(v, '?')) FROM t"), "a1,b?");
    EXPECT_EQ(load(batches, kSecond).unchanged, 2U);
    std::vector<Batch> next;
    next.emplace_back(table);
    put(next[0], {{"id", text("a")}, {"v", number("2")}});
    put(next[0], {{"id", text("c")}});
    stats = load(next, kSecond);
    EXPECT_EQ(stats.updated, 1U);
    EXPECT_EQ(stats.inserted, 1U);
}

TEST_F(SqliteStorage, ATableWithoutAUniqueKeyGetsOne) {
    run("CREATE TABLE t (id TEXT, v TEXT); INSERT INTO t VALUES ('a', 'old'), ('b', 'old')");
    const Table table = small(Type::text);
    start({table});
    EXPECT_EQ(load(one(table, {{"id", text("a")}, {"v", text("new")}})).updated, 1U);
    EXPECT_EQ(ask("SELECT group_concat(id || v) FROM t"), "anew,bold");
}

TEST_F(SqliteStorage, ATableThatHoldsAKeyTwiceIsRefusedWithAHint) {
    run("CREATE TABLE t (id TEXT, v TEXT); INSERT INTO t VALUES ('a', '1'), ('a', '2')");
    try {
        start({small(Type::text)});
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::config);
        EXPECT_NE(error.hint().find("more than once"), std::string::npos) << error.hint();
    }
    EXPECT_EQ(ask("SELECT count(*) FROM t"), "2");
}

TEST_F(SqliteStorage, NamesOfAnExistingTableAreFoundWhateverTheirCase) {
    run("CREATE TABLE T (ID TEXT PRIMARY KEY, V TEXT)");
    const Table table = small(Type::text);
    start({table});
    EXPECT_EQ(load(one(table, {{"id", text("a")}, {"v", text("x")}})).inserted, 1U);
    EXPECT_EQ(load(one(table, {{"id", text("a")}, {"v", text("y")}})).updated, 1U)
        << "also watched";
    EXPECT_EQ(ask("SELECT count(*) FROM pragma_table_info('t')"), "2");
}

TEST_F(SqliteStorage, GeneratedColumnsAreLeftToTheDatabase) {
    run("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT AS (upper(id)) STORED)");
    const Table table = small(Type::text);
    start({table});
    load(one(table, {{"id", text("a")}, {"v", text("ignored")}}));
    EXPECT_EQ(ask("SELECT v FROM t"), "A");
}

TEST_F(SqliteStorage, TriggersOfTheUserDoNotConfuseTheCounts) {
    const Table table = small(Type::text);
    start({table});
    run("CREATE TABLE log (what TEXT); CREATE TRIGGER noted AFTER UPDATE ON t BEGIN INSERT INTO "
        "log VALUES (new.id); END");
    EXPECT_EQ(load(one(table, {{"id", text("a")}, {"v", text("1")}})).inserted, 1U);
    EXPECT_EQ(load(one(table, {{"id", text("a")}, {"v", text("2")}})).updated, 1U);
    EXPECT_EQ(load(one(table, {{"id", text("a")}, {"v", text("2")}})).unchanged, 1U);
    EXPECT_EQ(ask("SELECT count(*) FROM log"), "1");
}

// SQLite looks for each page that it gives back in the list of all free ones.
TEST_F(SqliteStorage, MuchRoomIsGivenBackInTheMidstOfDeleting) {
    const Table table = small(Type::text);
    start({table});
    const std::string long_text(8'000, 'x');  // two pages
    std::vector<Batch> rows;
    rows.emplace_back(table);
    for (int i = 0; i < 6'000; ++i)
        put(rows[0], {{"id", text(std::to_string(i))}, {"v", text(long_text)}});
    load(rows);
    const auto erase = [&](int from, int until) {
        std::vector<Batch> gone;
        gone.emplace_back(table);
        for (int i = from; i < until; ++i) gone[0].erase(std::to_string(i));
        load(gone);
    };
    const auto pages = [&](const std::string& what) { return std::stoll(ask("PRAGMA " + what)); };
    int steps = 0;
    const auto go_on = [&] { return ++steps < 100'000; };
    erase(0, 2'000);
    destination_->retention()->give_some_back(go_on, {});
    EXPECT_GT(pages("freelist_count"), 3'000) << "that is little";
    EXPECT_EQ(steps, 0);
    erase(2'000, 5'500);
    const auto before = pages("page_count");
    int left = 2;
    destination_->retention()->give_some_back([&] { return left-- > 0; }, {});
    EXPECT_LT(pages("page_count"), before);
    EXPECT_GT(pages("freelist_count"), 5'000) << "two steps were allowed";
    destination_->retention()->give_some_back(go_on, {});
    EXPECT_EQ(pages("freelist_count"), 0);
    EXPECT_GT(steps, 5);
    EXPECT_LT(pages("page_count"), before / 5);
    EXPECT_EQ(ask("SELECT count(*) FROM t WHERE length(v) = 8000"), "500");
}

TEST_F(SqliteStorage, AsManyColumnsAsSqliteHas) {
    Table wide = small(Type::text);
    for (int i = 0; i < 1'990; ++i) wide.columns.push_back({"f" + std::to_string(i)});
    start({wide});
    EXPECT_EQ(load(one(wide, {{"id", text("a")}, {"f1989", text("x")}})).inserted, 1U);
    EXPECT_EQ(load(one(wide, {{"id", text("a")}, {"f1989", text("y")}})).updated, 1U);
    EXPECT_EQ(load(one(wide, {{"id", text("a")}, {"f1989", text("y")}})).unchanged, 1U);
}

}  // namespace
}  // namespace ringtail::contract
