#include "integration/mysql/fixture.hpp"

// A value that a column could hold were it wider.
namespace ringtail::test {
namespace {

using ::testing::SizeIs;

class MysqlWidening : public MysqlTest {
  protected:
    void make(const std::string& columns) {
        sql("CREATE TABLE t (id varchar(5) PRIMARY KEY, " + columns + ")");
    }
    static Table table(std::initializer_list<const char*> columns) {
        return text_table("t", columns);
    }
};

TEST_F(MysqlWidening, GivesEachColumnTheNearestTypeThatHoldsItsValues) {
    make(
        "s varchar(3) COLLATE utf8mb4_unicode_ci, c char(2), i2 smallint, i4 int, i8 bigint, n "
        "decimal(5,2), ts datetime, x text, k varchar(3) NOT NULL COMMENT 'mine'");
    const Table t = table({"s", "c", "i2", "i4", "i8", "n", "ts", "x", "k"});
    start({t});
    const std::string long_text(70'000, 'x');
    std::vector<Batch> batches;
    batches.emplace_back(t);
    put(batches[0], {{"id", text("a")},
                     {"s", text("äöü")},
                     {"i2", number("1")},
                     {"n", number("123.45")},
                     {"k", text("k")}});
    put(batches[0], {{"id", text("b")},
                     {"s", text("äöüß")},
                     {"c", text("xyz")},
                     {"i2", number("40000")},
                     {"i4", number("2147483648")},
                     {"i8", number("9223372036854775808")},
                     {"n", number("1234.567")},
                     {"ts", text("2024-03-05T10:00:00.25Z")},
                     {"x", text(long_text)},
                     {"k", text("long")}});
    put(batches[0], {{"id", text("c")}, {"i4", number("0.5")}, {"k", text("k")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 3U);
    EXPECT_EQ(stats[0].rejected, 0U);
    EXPECT_EQ(
        value("SELECT CONCAT_WS('|', s, c, i2, i4, i8, n, ts, LENGTH(x)) FROM t WHERE id = 'b'"),
        "äöüß|xyz|40000|2147483648.0000000000|9223372036854775808.0000000000|1234.5670000000|"
        "2024-03-05 10:00:00.250000|70000");
    EXPECT_EQ(type_of("t", "s"), "longtext utf8mb4_unicode_ci");
    EXPECT_EQ(type_of("t", "c"), "longtext utf8mb4_general_ci");
    EXPECT_EQ(type_of("t", "i2"), "bigint(20)");
    EXPECT_EQ(type_of("t", "i4"), "decimal(38,10)");
    EXPECT_EQ(type_of("t", "i8"), "decimal(38,10)");
    EXPECT_EQ(type_of("t", "n"), "decimal(38,10)");
    EXPECT_EQ(type_of("t", "ts"), "datetime(6)");
    EXPECT_EQ(type_of("t", "x"), "longtext utf8mb4_general_ci");
    EXPECT_EQ(type_of("t", "id"), "varchar(5) utf8mb4_general_ci");
    EXPECT_EQ(value("SELECT CONCAT(IS_NULLABLE, COLUMN_COMMENT) FROM information_schema.COLUMNS "
                    "WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'k'"),
              "NOmine");
    EXPECT_THAT(log_.with("column widened"), SizeIs(9));
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, 3U);
}

TEST_F(MysqlWidening, KeysUpToWhatAnIndexTakes) {
    make("v text");
    const Table t = table({"v"});
    start({t});
    EXPECT_EQ(load(one(t, {{"id", text("123456")}}))[0].inserted, 1U);
    EXPECT_EQ(type_of("t", "id"), "varchar(255) utf8mb4_general_ci");
    EXPECT_EQ(load(one(t, {{"id", text(std::string(700, 'k'))}}))[0].inserted, 1U);
    EXPECT_EQ(type_of("t", "id"), "varchar(768) utf8mb4_general_ci");
    const LoadStats stats = load(one(t, {{"id", text(std::string(800, 'k'))}}));
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(stats[0].inserted, 0U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM t"), "2");
}

// One that no type holds is a reject, and does not keep others from being widened for.
TEST_F(MysqlWidening, NumbersNoTypeHoldsAreRejects) {
    make("n decimal(5,2)");
    const Table t = table({"n"});
    start({t});
    std::vector<Batch> batches;
    batches.emplace_back(t);
    put(batches[0], {{"id", text("a")}, {"n", number(std::string(66, '9'))}});
    put(batches[0], {{"id", text("b")}, {"n", number("123456.75")}});
    put(batches[0], {{"id", text("c")}, {"n", number("0.0000000000000000000000000000001")}});
    EXPECT_EQ(load(batches)[0].rejected, 2U);
    EXPECT_EQ(value("SELECT n FROM t WHERE id = 'b'"), "123456.7500000000");
    EXPECT_EQ(load(one(t, {{"id", text("d")}, {"n", number("0.00000000001")}}))[0].rejected, 0U);
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, 3U);
    EXPECT_EQ(value("SELECT COUNT(DISTINCT row_key) FROM ringtail_rejects"), "2");
}

TEST_F(MysqlWidening, AColumnThatCannotBeAlteredStaysAndTheValueIsARejectThatSaysSo) {
    make("s varchar(3), u varchar(3)");
    sql("CREATE TABLE child (s varchar(3), FOREIGN KEY (s) REFERENCES t (id))");
    sql("ALTER TABLE t ADD CHECK (CHAR_LENGTH(s) < 4)");
    const Table t = table({"s", "u"});
    start({t});
    const std::string user = make_user("writer");
    sql("GRANT SELECT, INSERT, UPDATE, DELETE, CREATE TEMPORARY TABLES ON " + database_ + ".* TO " +
        user);
    destination_ = open_as(user);
    std::vector<Batch> batches;
    batches.emplace_back(t);
    put(batches[0], {{"id", text("a")}, {"u", text("long")}});
    put(batches[0], {{"id", text("b")}, {"s", text("abc")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(type_of("t", "u"), "varchar(3) utf8mb4_general_ci");
    EXPECT_NE(value("SELECT reason FROM ringtail_rejects").find("ALTER"), std::string::npos);
    // Tried once, not with each load.
    load(batches, kSecond);
    EXPECT_THAT(log_.with("column not widened"), SizeIs(1));
}

// A row has 65,535 bytes, and the user's own texts have taken them.
TEST_F(MysqlWidening, AColumnThatTheRowHasNoRoomToWidenStaysAndTheValueIsARejectThatSaysSo) {
    make("i smallint, s varchar(3), own varchar(16371)");
    const Table t = table({"i", "s"});
    start({t});
    std::vector<Batch> batches;
    batches.emplace_back(t);
    put(batches[0], {{"id", text("a")}, {"i", number("0.5")}, {"s", text("abc")}});
    put(batches[0], {{"id", text("b")}, {"i", number("7")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(type_of("t", "i"), "smallint(6)");
    EXPECT_EQ(value("SELECT CONCAT(row_key, ' ', column_name, ' ', raw) FROM ringtail_rejects"),
              "a i 0.5");
    EXPECT_THAT(value("SELECT reason FROM ringtail_rejects"), ::testing::HasSubstr("1118"));
    load(batches, kSecond);
    EXPECT_THAT(log_.with("column not widened"), SizeIs(1));
}

// The column changed behind our back after the plan was made.
TEST_F(MysqlWidening, AColumnThatWasNarrowedMeanwhileIsLookedAtAgain) {
    make("s text");
    const Table t = table({"s"});
    start({t});
    load(one(t, {{"id", text("a")}, {"s", text("abc")}}));
    sql("ALTER TABLE t MODIFY COLUMN s varchar(3)");
    EXPECT_EQ(load(one(t, {{"id", text("b")}, {"s", text("longer")}}))[0].inserted, 1U);
    EXPECT_EQ(value("SELECT s FROM t WHERE id = 'b'"), "longer");
    sql("UPDATE t SET s = 'abc';\nALTER TABLE t MODIFY COLUMN s varchar(3)");
    EXPECT_EQ(load(one(t, {{"id", text("b")}, {"s", text("longer")}}))[0].updated, 1U);
    EXPECT_EQ(value("SELECT s FROM t WHERE id = 'b'"), "longer");
}

TEST_F(MysqlWidening, ADroppedColumnOrTableIsTransientAndPrepareBringsItBack) {
    make("s text");
    const Table t = table({"s"});
    start({t});
    load(one(t, {{"id", text("a")}, {"s", text("abc")}}));
    const auto batches = one(t, {{"id", text("b")}, {"s", text("x")}});
    for (const char* ruin : {"ALTER TABLE t DROP COLUMN s", "DROP TABLE t"}) {
        sql(ruin);
        const Error error = error_of([&] { load(batches); });
        EXPECT_EQ(error.fault(), Fault::transient) << error.what();
        start({t});
        load(batches);
        EXPECT_EQ(value("SELECT s FROM t WHERE id = 'b'"), "x");
    }
}

}  // namespace
}  // namespace ringtail::test
