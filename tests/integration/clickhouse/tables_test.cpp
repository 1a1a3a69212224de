#include "destination/clickhouse/inspector.hpp"
#include "integration/clickhouse/fixture.hpp"
#include "support/free_port.hpp"

// Tables and columns that are there already, widening, rights.
namespace ringtail::test {
namespace {

using ::testing::HasSubstr;

class Tables : public ClickHouseTest {
  protected:
    static constexpr const char* kTechnical =
        "_version UInt64, _hash UInt64, _month UInt32, _deleted UInt8) ENGINE = "
        "ReplacingMergeTree(_version) ORDER BY id";
};

TEST_F(Tables, ValuesAtTheEdgesAreExact) {
    Table table = table_of("t", {{"n", Type::decimal},
                                 {"i", Type::int64},
                                 {"at", Type::timestamp},
                                 {"s"},
                                 {std::string(200, 'n')},
                                 {std::string(199, 'n') + "ö"}});
    start({table});
    const std::string long_text(70'000, 'x');
    const std::string odd_text("\0\t\r\n\x1a\\N", 7);
    const std::vector<std::tuple<std::string, Cell, std::string>> cases{
        {"n", number("9999999999999999999999999999.9999999999"),
         "9999999999999999999999999999.9999999999"},
        {"n", number("-0.0000000001"), "-0.0000000001"},
        {"i", number("9223372036854775807"), "9223372036854775807"},
        {"at", text("1066-10-14T09:00:00.000Z"), "1066-10-14 09:00:00.000000"},
        {"at", text("2500-01-01"), "2500-01-01 00:00:00.000000"},
        {"at", text("2024-10-27T02:30:00+02:00"), "2024-10-27 00:30:00.000000"},
        {"at", text("2024-10-27T02:30:00+01:00"), "2024-10-27 01:30:00.000000"},
        {"s", text(long_text), long_text},
        {"s", text(odd_text), odd_text},
        {std::string(200, 'n'), text("long name"), "long name"},
        {std::string(199, 'n') + "ö", text("long name too"), "long name too"}};
    std::vector<Batch> batches;
    batches.emplace_back(table);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const std::string id = std::to_string(i);
        put(batches[0], {{"id", text(id)}, {std::get<0>(cases[i]), std::get<1>(cases[i])}});
    }
    EXPECT_EQ(load(batches)[0].rejected, 0U);
    const auto columns = server_.columns(database_, "t_current");
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const auto place = std::find_if(
            table.columns.begin(), table.columns.end(),
            [&](const Column& column) { return column.name == std::get<0>(cases[i]); });
        const auto at = static_cast<std::size_t>(place - table.columns.begin());
        EXPECT_EQ(shown("t", std::to_string(i), columns.at(at)), std::get<2>(cases[i])) << i;
    }
    EXPECT_EQ(load(batches)[0].unchanged, cases.size());
}

TEST_F(Tables, ANumberThatDoesNotFitWidensItsColumnAndTheOthersStay) {
    const Table table = table_of("t", {{"n", Type::decimal}, {"i", Type::int64}});
    start({table});
    load(one(table, {{"id", text("a")}, {"n", number("12.50")}, {"i", number("7")}}));
    EXPECT_EQ(type_of("t", "n"), "Nullable(Decimal(38, 10))");
    const std::string digits(40, '7');
    load(one(table, {{"id", text("b")}, {"n", number(digits)}, {"i", number("7.5")}}));
    EXPECT_EQ(type_of("t", "n"), "Nullable(String)");
    EXPECT_EQ(type_of("t", "i"), "Nullable(Decimal(38, 10))");
    EXPECT_EQ(type_of("t_current", "n"), "Nullable(String)") << "the view follows";
    EXPECT_EQ(shown("t", "b", "n"), digits);
    EXPECT_EQ(contract::plain(Type::decimal, shown("t", "a", "n")), "125e-1");
    EXPECT_EQ(contract::plain(Type::decimal, shown("t", "b", "i")), "75e-1");
    const auto again =
        load(one(table, {{"id", text("a")}, {"n", number("12.5")}, {"i", number("7")}}));
    EXPECT_EQ(again[0].unchanged, 1U) << "the hash knows nothing of types";
}

TEST_F(Tables, ATableThatWasMadeByHandIsUsedAsItIs) {
    sql("CREATE TABLE t (id String, n Int32, d DateTime, s String, low "
        "Nullable(String), own Array(String), " +
        std::string(kTechnical));
    const Table table = table_of(
        "t", {{"n", Type::int64}, {"d", Type::timestamp}, {"s"}, {"low"}, {"new", Type::decimal}});
    start({table});
    load(one(table, {{"id", text("a")},
                     {"n", number("5")},
                     {"d", text("2024-07-01T12:00:00.000Z")},
                     {"s", text("")},
                     {"low", text("x")},
                     {"new", number("1.5")}}));
    EXPECT_EQ(type_of("t", "n"), "Int32");
    EXPECT_EQ(shown("t", "a", "n"), "5");
    EXPECT_EQ(value("SELECT toUInt32(d) FROM t_current"), "1719835200") << "not the server's zone";
    EXPECT_EQ(shown("t", "a", "s"), "") << "a column without NULL";
    EXPECT_EQ(type_of("t", "new"), "Nullable(Decimal(38, 10))");
    // Only what would change a value is widened.
    load(one(table, {{"id", text("b")}, {"d", text("2024-07-01T12:00:00.500Z")}}));
    EXPECT_EQ(type_of("t", "n"), "Nullable(Int32)");
    EXPECT_EQ(type_of("t", "d"), "DateTime") << "its texts would be in the server's zone";
    EXPECT_EQ(value("SELECT concat(row_key, ' ', column_name, ' ', raw) FROM "
                    "ringtail_rejects_current"),
              "b d \"2024-07-01T12:00:00.500Z\"");
    EXPECT_EQ(load(one(table, {{"id", text("a")},
                               {"n", number("5")},
                               {"d", text("2024-07-01T12:00:00.000Z")},
                               {"low", text("x")},
                               {"new", number("1.5")}}))[0]
                  .unchanged,
              1U);
}

TEST_F(Tables, WhatCannotBeFilledIsSaidBeforeAnythingIsWritten) {
    sql("CREATE TABLE t (id String, kind Enum8('a' = 1), " + std::string(kTechnical));
    const Table table = table_of("t", {{"kind"}});
    destination_->prepare(std::vector{table});
    destination_->streams().hold(kStream, holder_);
    const Error error = error_of([&] {
        load(one(table, {{"id", text("a")}, {"kind", text("a")}}));
    });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.what(), HasSubstr("kind"));
    EXPECT_THAT(error.hint(), HasSubstr("MODIFY COLUMN `kind` Nullable(String)"));
}

TEST_F(Tables, ForeignTablesAreLeftAlone) {
    sql("CREATE TABLE t (id String) ENGINE = MergeTree ORDER BY id");
    Error error = error_of([&] { destination_->prepare(std::vector{table_of("t", {})}); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.hint(), HasSubstr("prefix"));
    EXPECT_EQ(server_.columns(database_, "t").size(), 1U);

    sql("CREATE TABLE u_current (id String) ENGINE = MergeTree ORDER BY id");
    error = error_of([&] { destination_->prepare(std::vector{table_of("u", {})}); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_EQ(server_.columns(database_, "u_current").size(), 1U);
}

// Rows of such a table would come twice, or would replace those of other keys.
TEST_F(Tables, ATableThatDoesNotKeepOneRowPerKeyIsRefusedAndLeftAsItIs) {
    const std::string columns =
        " (id String, other String, _version UInt64, _hash UInt64, _month UInt32, _deleted UInt8) "
        "ENGINE = ";
    struct Case {
        std::string name, engine, says;
    };
    for (const Case& one : std::vector<Case>{
             {"plain", "MergeTree ORDER BY id", "engine MergeTree"},
             {"no_version", "ReplacingMergeTree ORDER BY id", "engine ReplacingMergeTree"},
             {"other_version", "ReplacingMergeTree(_hash) ORDER BY id", "does not replace rows"},
             {"memory", "Memory", "engine Memory"},
             {"by_other", "ReplacingMergeTree(_version) ORDER BY other", "ordered by (other)"},
             {"by_more", "ReplacingMergeTree(_version) ORDER BY (id, other)", "(id, other)"},
             {"by_none", "ReplacingMergeTree(_version) ORDER BY tuple()", "ordered by ()"},
             {"by_call", "ReplacingMergeTree(_version) ORDER BY lower(id)", "(lower(id))"}}) {
        SCOPED_TRACE(one.name);
        sql("CREATE TABLE " + one.name + columns + one.engine);
        const auto prepare = [&] {
            destination_->prepare(std::vector{table_of(one.name, {{"a"}})});
        };
        const Error error = error_of(prepare);
        EXPECT_EQ(error.fault(), Fault::config) << error.what();
        EXPECT_THAT(error.what(), ::testing::AllOf(HasSubstr(one.name), HasSubstr(one.says)));
        EXPECT_THAT(error.hint(), HasSubstr("--prefix"));
        EXPECT_EQ(server_.columns(database_, one.name).size(), 6U);
        const auto inspector = make_clickhouse_inspector(server_.url(database_));
        const auto check = [&] {
            inspector->check_make(
                std::vector{table_of("never_made", {}), table_of(one.name, {{"a"}})});
        };
        EXPECT_STREQ(error_of(check).what(), error.what());
    }
    sql("CREATE TABLE ours" + columns + "ReplacingMergeTree(`_version`) ORDER BY (`id`)");
    EXPECT_NO_THROW(destination_->prepare(std::vector{table_of("ours", {{"a"}})}));
}

TEST_F(Tables, ATableWithoutItsKeyIsRefused) {
    sql("CREATE TABLE t (other String, _version UInt64, _hash UInt64, _month UInt32, _deleted "
        "UInt8) ENGINE = ReplacingMergeTree(_version) ORDER BY other");
    const Error error = error_of([&] { destination_->prepare(std::vector{table_of("t", {})}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("not by the key (id)"));
    EXPECT_EQ(server_.columns(database_, "t").size(), 5U);
}

TEST_F(Tables, ADroppedColumnOrTableIsSaidAndMadeAgain) {
    const Table table = table_of("t", {{"a"}, {"b"}});
    start({table});
    load(one(table, {{"id", text("1")}, {"a", text("x")}}));
    sql("ALTER TABLE t DROP COLUMN b");
    const auto load_b = [&] { load(one(table, {{"id", text("2")}, {"b", text("y")}})); };
    Error error = error_of(load_b);
    EXPECT_EQ(error.fault(), Fault::transient) << "prepare() mends it";
    EXPECT_THAT(error.what(), HasSubstr("column b"));
    destination_->prepare(std::vector{table});
    load_b();
    EXPECT_EQ(shown("t", "2", "b"), "y");
    sql("DROP TABLE t");
    error = error_of(load_b);
    EXPECT_THAT(error.what(), HasSubstr("table t"));
    destination_->prepare(std::vector{table});
    load_b();
    EXPECT_EQ(shown("t", "2", "b"), "y");
}

// A crash between adding a column and filling it must not leave the values where they were.
TEST_F(Tables, AnInterruptedBackfillIsDoneByTheNextPrepare) {
    Table table = table_of("t", {{"_extra", Type::json}});
    table.rest = "_extra";
    start({table});
    load(one(table, {{"id", text("a")}, {"_extra", json(R"({"größe\n":5,"z":1})")}}));
    sql("ALTER TABLE t ADD COLUMN `größe\\n` Nullable(Decimal(38, 10))");
    sql("INSERT INTO ringtail_checkpoints (stream, checkpoint, updated_at, _version) VALUES "
        "('prepare/t', '{\"größe\\\\n\":1}', '2024-01-01 00:00:00.000000', 1)");
    table.columns.push_back({"größe\n", Type::decimal});
    destination_->prepare(std::vector{table});
    EXPECT_EQ(contract::plain(Type::decimal, shown("t", "a", "größe\n")), "5e0");
    EXPECT_EQ(shown("t", "a", "_extra"), R"({"z":1})");
    EXPECT_EQ(value("SELECT checkpoint FROM ringtail_checkpoints_current WHERE stream = "
                    "'prepare/t'"),
              "");
}

TEST_F(Tables, WrongUsersAndDatabasesAreConfigurationErrorsWithHints) {
    const std::vector tables{table_of("t", {})};
    const auto prepare = [&](const std::string& url) {
        return error_of([&] { make_clickhouse(url, {}, clock_, *log_)->prepare(tables); });
    };
    const std::string host = "127.0.0.1:" + std::to_string(server_.port());
    Error error = prepare("clickhouse://ringtail:SECRET@" + host + "/" + database_);
    EXPECT_EQ(error.fault(), Fault::auth);
    EXPECT_THAT(error.what(), ::testing::Not(HasSubstr("SECRET")));
    EXPECT_THAT(error.hint(), HasSubstr("password"));
    error = prepare(server_.url("nowhere"));
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.hint(), HasSubstr("CREATE DATABASE `nowhere`"));
    error = prepare(server_.reader_url(database_));
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_THAT(error.hint(), HasSubstr("GRANT"));
    error = prepare("clickhouse://ringtail@127.0.0.1:" + std::to_string(free_port()) + "/x");
    EXPECT_EQ(error.fault(), Fault::transient);
    error = prepare("clickhouse://ringtail@127.0.0.1:" + std::to_string(server_.tcp_port()) + "/x");
    EXPECT_NE(error.fault(), Fault::bug) << error.what();
}

TEST_F(Tables, TheInspectorTriesRightsAndLeavesNothingBehind) {
    start({table_of("t", {{"a"}})});
    const auto inspector = make_clickhouse_inspector(server_.url(database_));
    EXPECT_THAT(inspector->describe(), HasSubstr("ClickHouse 18."));
    EXPECT_THAT(inspector->describe(), HasSubstr("database " + database_));
    const auto columns = inspector->columns("t");
    ASSERT_EQ(columns.size(), 3U);
    EXPECT_EQ(columns[0].name, "id");
    EXPECT_EQ(columns[1].type, "Nullable(String)");
    EXPECT_TRUE(columns[1].is_text);
    EXPECT_TRUE(inspector->columns("u").empty());
    const auto tables = [&] {
        return value(
            "SELECT arrayStringConcat(arraySort(groupArray(name)), ' ') FROM "
            "system.tables WHERE database = '" +
            database_ + "'");
    };
    const std::string before = tables();
    inspector->try_rights(std::vector<std::string>{"t", "never made"});
    EXPECT_EQ(tables(), before);
    EXPECT_EQ(value("SELECT count() FROM t"), "0");
    const auto reader = make_clickhouse_inspector(server_.reader_url(database_));
    EXPECT_THAT(reader->describe(), HasSubstr("user reader"));
    EXPECT_EQ(error_of([&] { reader->try_rights({}); }).fault(), Fault::config);
}

TEST_F(Tables, TheInspectorCountsTextsAndIds) {
    const Table table = table_of("t", {{"a"}, {"b"}});
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    put(batches[0], {{"id", text("202cb962ac59075b964b07152d234b70")},  // md5 of 123
                     {"a", text("1")},
                     {"b", text("23")}});
    put(batches[0], {{"id", text("x")}, {"a", text("öö")}});
    put(batches[0], {{"id", text("y")}, {"b", text("zz")}});
    load(batches);
    const auto inspector = make_clickhouse_inspector(server_.url(database_));
    const std::vector<TextLength> lengths{{"a", 1}, {"a", 2}, {"b", 2}, {"b", 9}};
    EXPECT_EQ(inspector->count_texts("t", lengths), (std::vector<std::uint64_t>{1, 1, 2, 0}));
    EXPECT_EQ(inspector->count_md5_ids("t", "id", "a", "b"), 1U);
    EXPECT_EQ(inspector->count_md5_ids("t", "id", "b", "a"), 0U);
}

}  // namespace
}  // namespace ringtail::test
