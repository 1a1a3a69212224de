#include "integration/postgres/fixture.hpp"

// A value that a column could hold were it wider.
namespace ringtail::test {
namespace {

using ::testing::SizeIs;

class PostgresWidening : public PostgresTest {
  protected:
    void make(const std::string& columns) {
        sql("CREATE TABLE t (id varchar(5) PRIMARY KEY, " + columns + ")");
    }
    static Table table(std::initializer_list<const char*> columns) {
        return text_table("t", columns);
    }
};

TEST_F(PostgresWidening, GivesEachColumnTheNearestTypeThatHoldsItsValues) {
    make(
        "s varchar(3), c char(2), i2 smallint, i4 integer, i8 bigint, n numeric(5,2), ts "
        "timestamp(0)");
    const Table t = table({"s", "c", "i2", "i4", "i8", "n", "ts"});
    start({t});
    std::vector<Batch> batches;
    batches.emplace_back(t);
    put(batches[0],
        {{"id", text("a")}, {"s", text("äöü")}, {"i2", number("1")}, {"n", number("123.45")}});
    put(batches[0], {{"id", text("b")},
                     {"s", text("äöüß")},
                     {"c", text("xyz")},
                     {"i2", number("40000")},
                     {"i4", number("2147483648")},
                     {"i8", number("9223372036854775808")},
                     {"n", number("1234.567")},
                     {"ts", text("2024-03-05T10:00:00.25Z")}});
    put(batches[0], {{"id", text("c")}, {"i4", number("0.5")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 3U);
    EXPECT_EQ(stats[0].rejected, 0U);
    EXPECT_EQ(value("SELECT concat_ws('|', s, c, i2, i4, i8, n, ts) FROM t WHERE id = 'b'"),
              "äöüß|xyz|40000|2147483648|9223372036854775808|1234.567|2024-03-05 10:00:00.25");
    EXPECT_EQ(value("SELECT i4 FROM t WHERE id = 'c'"), "0.5");
    EXPECT_EQ(type_of("t", "s"), "text");
    EXPECT_EQ(type_of("t", "c"), "text");
    EXPECT_EQ(type_of("t", "i2"), "bigint");
    EXPECT_EQ(type_of("t", "i4"), "numeric");
    EXPECT_EQ(type_of("t", "i8"), "numeric");
    EXPECT_EQ(type_of("t", "n"), "numeric");
    EXPECT_EQ(type_of("t", "ts"), "timestamp without time zone");
    EXPECT_EQ(type_of("t", "id"), "character varying(5)");
    EXPECT_THAT(log_.with("column widened"), SizeIs(7));
    EXPECT_THAT(log_.with("column widened table=\"public\".\"t\" column=\"s\" from=\"character "
                          "varying(3)\" to=\"text\""),
                SizeIs(1));
}

TEST_F(PostgresWidening, KeysToo) {
    make("v text");
    const Table t = table({"v"});
    start({t});
    EXPECT_EQ(load(one(t, {{"id", text("123456")}}))[0].inserted, 1U);
    EXPECT_EQ(type_of("t", "id"), "text");
}

TEST_F(PostgresWidening, AColumnAViewDependsOnStaysAndTheValueIsARejectThatSaysSo) {
    make("s varchar(3), u varchar(3)");
    sql("CREATE VIEW v AS SELECT s FROM t");
    const Table t = table({"s", "u"});
    start({t});
    std::vector<Batch> batches;
    batches.emplace_back(t);
    put(batches[0], {{"id", text("a")}, {"s", text("long")}, {"u", text("long")}});
    put(batches[0], {{"id", text("b")}, {"s", text("abc")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(value("SELECT concat_ws('|', id, s, u) FROM t WHERE id = 'a'"), "a|long");
    EXPECT_EQ(type_of("t", "s"), "character varying(3)");
    EXPECT_EQ(type_of("t", "u"), "text");
    const auto rejects = sql("SELECT row_key, column_name, raw, reason FROM ringtail_rejects");
    ASSERT_EQ(rejects.size(), 1U);
    EXPECT_EQ(rejects[0][0], "a");
    EXPECT_EQ(rejects[0][1], "s");
    EXPECT_EQ(rejects[0][2], "\"long\"");
    EXPECT_NE(rejects[0][3].value().find("view"), std::string::npos) << rejects[0][3].value();
    // Tried once, not with each load.
    load(batches, kSecond);
    EXPECT_THAT(log_.with("column not widened"), SizeIs(1));
    // The user dropped the view and starts again.
    sql("DROP VIEW v");
    start({t});
    EXPECT_EQ(load(batches, kSecond)[0].rejected, 0U);
    EXPECT_EQ(value("SELECT s FROM t WHERE id = 'a'"), "long");
}

TEST_F(PostgresWidening, WithoutTheRightToAlterTheValueIsAReject) {
    make("s varchar(3)");
    const Table t = table({"s"});
    start({t});
    const std::string role = make_role("writer");
    sql("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role);
    destination_ = open_as(role);
    EXPECT_EQ(load(one(t, {{"id", text("a")}, {"s", text("long")}}))[0].rejected, 1U);
    EXPECT_NE(value("SELECT reason FROM ringtail_rejects").find("owner"), std::string::npos);
    EXPECT_EQ(value("SELECT COALESCE(s, 'NULL') FROM t"), "NULL");
}

TEST_F(PostgresWidening, AKeyThatCannotBeWidenedRejectsTheRowWithItsChildren) {
    make("v text");
    sql("CREATE VIEW v AS SELECT id FROM t; CREATE TABLE child (id text PRIMARY KEY, parent text)");
    const Table t = table({"v"});
    Table child = table_of("child", {{"id"}, {"parent"}});
    child.references = {{"parent", "t"}};
    start({t, child});
    std::vector<Batch> batches;
    batches.emplace_back(t);
    batches.emplace_back(child);
    put(batches[0], {{"id", text("123456")}, {"v", text("whole row")}});
    put(batches[1], {{"id", text("c1")}, {"parent", text("123456")}});
    put(batches[1], {{"id", text("c2")}, {"parent", text("other")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(stats[1].rejected, 1U);
    EXPECT_EQ(value("SELECT string_agg(id, ',') FROM child"), "c2");
    EXPECT_EQ(value("SELECT raw FROM ringtail_rejects WHERE table_name = 't'"),
              R"({"id":"123456","v":"whole row"})");
}

// The column changed behind our back after the plan was made.
TEST_F(PostgresWidening, AColumnThatWasNarrowedMeanwhileIsLookedAtAgain) {
    make("s text");
    const Table t = table({"s"});
    start({t});
    load(one(t, {{"id", text("a")}, {"s", text("abc")}}));
    sql("ALTER TABLE t ALTER COLUMN s TYPE varchar(3)");
    EXPECT_EQ(load(one(t, {{"id", text("b")}, {"s", text("longer")}}))[0].inserted, 1U);
    EXPECT_EQ(value("SELECT s FROM t WHERE id = 'b'"), "longer");
}

TEST_F(PostgresWidening, ADroppedColumnIsTransientAndPrepareBringsItBack) {
    make("s text");
    const Table t = table({"s"});
    start({t});
    load(one(t, {{"id", text("a")}, {"s", text("abc")}}));
    sql("ALTER TABLE t DROP COLUMN s");
    const auto batches = one(t, {{"id", text("b")}, {"s", text("x")}});
    const Error error = error_of([&] { load(batches); });
    EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    start({t});
    load(batches);
    EXPECT_EQ(value("SELECT s FROM t WHERE id = 'b'"), "x");
}

}  // namespace
}  // namespace ringtail::test
