#include "destination/postgres/plan.hpp"
#include "integration/postgres/fixture.hpp"

namespace ringtail::test {
namespace {

class PostgresCopy : public PostgresTest {
  protected:
    bool is_binary(const Table& table) {
        postgres::Connection connection(server_.url(database_), log_);
        return postgres::make_plan(connection, table).is_binary;
    }
    std::string rows_of(const std::string& table) {
        return value("SELECT string_agg(whole::text, E'\\n' ORDER BY length(id), id) FROM " +
                     table + " AS whole");
    }
};

const std::vector<Column> kColumns{{"id"},
                                   {"t"},
                                   {"v"},
                                   {"b", Type::boolean},
                                   {"i2", Type::int64},
                                   {"i4", Type::int64},
                                   {"i8", Type::int64},
                                   {"n", Type::decimal},
                                   {"n2", Type::decimal},
                                   {"tz", Type::timestamp},
                                   {"tz3", Type::timestamp},
                                   {"ts", Type::timestamp},
                                   {"d", Type::timestamp},
                                   {"j", Type::json},
                                   {"changed", Type::timestamp}};

// The odd values of each column.
const std::map<std::string, std::vector<Cell>> kValues{
    {"t", {text("a\tb\\N\n\r\\."), text("\\N"), text("😀 äöü"), text("\x01\x7f"), text(" ")}},
    {"v",
     {text("ä234567890"), text("x\\"), text("0"),
      text("🦡🦡🦡🦡🦡🦡🦡🦡🦡🦡")}},
    {"b", {boolean(true), boolean(false), text("TRUE"), number("0")}},
    {"i2", {number("-32768"), number("32767"), number("0"), text("+7"), text("007")}},
    {"i4", {number("-2147483648"), number("2147483647"), number("-0"), number("1e3")}},
    {"i8", {number("-9223372036854775808"), number("9223372036854775807"), number("10.0")}},
    {"n",
     {number("0"), number("-0"), number("-0.00"), number("1"), number("9999"), number("10000"),
      number("99999999"), number("100000000"), number("0.1"), number("0.0001"), number("0.00001"),
      number("-12.50"), number("1e20"), number("1e-20"), text("0012.500"),
      text("12345678.87654321"), number("1e1000"), number("123456789e-1000")}},
    {"n2", {number("-999999999.999"), number("0.001"), text("1.5")}},
    {"tz",
     {text("0001-01-01T00:00:00Z"), text("1999-12-31T23:59:59.999999Z"),
      text("2000-01-01T00:00:00.000Z"), text("9999-12-31T23:59:59.999999Z"),
      text("1970-01-01T00:00:00+02:00"), number("1709629200123")}},
    {"tz3", {text("2024-02-29T12:00:00.123Z"), text("1582-10-10")}},
    {"ts", {text("1900-02-28T23:59:59.5Z"), text("2024-02-29T12:00:00.000001Z")}},
    {"d", {text("0001-01-01"), text("1999-12-31"), text("2000-01-01"), text("9999-12-31")}},
    {"j", {json(R"({"b":[1,"\u0000\ud800","ä"],"a":1.0,"a":null})"), text("x"), number("1e5")}},
};

// A column whose type only has the text format makes the whole table be loaded by it.
TEST_F(PostgresCopy, BothFormatsStoreTheSameValues) {
    const std::string columns =
        "(id text PRIMARY KEY, t text, v varchar(10), b boolean, i2 smallint, i4 integer, i8 "
        "bigint, n numeric, n2 numeric(12,3), tz timestamptz, tz3 timestamptz(3), ts timestamp, d "
        "date, j json, changed timestamp(0)";
    sql("CREATE TABLE by_binary " + columns + "); CREATE TABLE by_text " + columns +
        ", odd jsonb)");
    Table binary = table_of("by_binary", kColumns), by_text = table_of("by_text", kColumns);
    by_text.columns.push_back({"odd", Type::json});
    binary.changed = by_text.changed = "changed";
    EXPECT_TRUE(is_binary(binary));
    EXPECT_FALSE(is_binary(by_text));
    start({binary, by_text});

    // Each value in a row of its own, copied first into the table and then by way of the stage.
    for (const bool again : {false, true}) {
        std::vector<Batch> batches;
        batches.emplace_back(binary);
        batches.emplace_back(by_text);
        std::size_t values = 0;
        for (Batch& batch : batches) {
            values = 0;
            for (const auto& [column, cells] : kValues) {
                for (const Cell& cell : cells) {
                    const std::string id = std::to_string(++values);
                    if (!again)
                        put(batch, {{"id", text(id)}, {column, cell}});
                    else if (column != "t")
                        put(batch, {{"id", text(id)}, {column, cell}, {"t", text("again")}});
                }
            }
        }
        const LoadStats stats = load(batches, again ? kSecond : kFirst);
        EXPECT_EQ(stats[0].inserted, again ? 0 : values);
        EXPECT_EQ(stats[0].updated, stats[1].updated);
        EXPECT_EQ(stats[0].updated > 0, again);
        EXPECT_EQ(stats[0].rejected + stats[1].rejected, 0U);
        const std::string rows = rows_of("by_binary");
        EXPECT_EQ(rows,
                  rows_of("(SELECT " +
                          value("SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute "
                                "WHERE attrelid = 'by_binary'::regclass AND attnum > 0") +
                          " FROM by_text)"));
        EXPECT_THAT(rows, ::testing::HasSubstr("-9223372036854775808"));
    }
    EXPECT_EQ(value("SELECT count(*) FROM by_binary WHERE tz = '9999-12-31 23:59:59.999999Z' OR d "
                    "= '0001-01-01' OR n::text = '-12.50' OR i4 = -2147483648 OR NOT b"),
              "6");
}

// The bytes of a number are another number, and a valid one, in a column of another type: 7 as
// bigint is 0.0000000 as numeric.
TEST_F(PostgresCopy, ATypeThatSomebodyElseChangesBetweenLoadsIsSeen) {
    sql("CREATE TABLE t (id text PRIMARY KEY, n bigint)");
    const Table table = table_of("t", {{"id"}, {"n", Type::int64}});
    start({table});
    EXPECT_TRUE(is_binary(table));
    load(one(table, {{"id", text("a")}, {"n", number("1")}}));
    for (const char* type : {"numeric", "double precision", "text", "bigint"}) {
        SCOPED_TRACE(type);
        sql(std::string("ALTER TABLE t ALTER n TYPE ") + type + " USING n::" + type);
        load(one(table, {{"id", text(type)}, {"n", number("7")}}));
        load(one(table, {{"id", text("a")}, {"n", number("8")}}));
        EXPECT_EQ(value("SELECT string_agg(n::text, ',') FROM t WHERE id IN ('a', '" +
                        std::string(type) + "') AND n::text IN ('7', '8')")
                      .size(),
                  3U);
        load(one(table, {{"id", text("a")}, {"n", number("1")}}));
    }
}

}  // namespace
}  // namespace ringtail::test
