#include "integration/postgres/fixture.hpp"

// Tables that were there before: the old client's, the user's, with other types, rights and rules.
namespace ringtail::test {
namespace {

class PostgresExisting : public PostgresTest {
  protected:
    // As dbsync2 1.15.0 created them (facts of its catalog), shortened to the kinds of columns
    // there are.
    void make_old_tables() {
        sql(R"(CREATE TABLE contacts ("$id" varchar(50) NOT NULL PRIMARY KEY, "$md5" varchar(50), "$version" varchar(50),
               "$status_detail" varchar, "$comment" text, "$changed" varchar(50), amount numeric, city text);
               CREATE INDEX IF NOT EXISTS "$id|$md5" ON contacts ("$id", "$md5");
               CREATE TABLE transactions ("id" varchar(50) NOT NULL PRIMARY KEY, "contact_id" varchar(50),
               "fired" varchar(50), "wrapup_time_sec" numeric, "user" varchar(50), "isHI" boolean, "$changed" varchar(50));
               INSERT INTO contacts VALUES ('old', 'm0', '1', NULL, NULL, '2024-01-01T00:00:00Z', 12.5000000000, 'Ulm'))");
    }
};

TEST_F(PostgresExisting, TheOldClientsTablesKeepTheirTypesAndGetTheirRows) {
    make_old_tables();
    start({old_contacts(), old_transactions()});
    EXPECT_EQ(type_of("contacts", "$id"), "character varying(50)");
    EXPECT_EQ(type_of("contacts", "_extra"), "json");
    EXPECT_EQ(type_of("transactions", "wait_time_sec"), "numeric");
    EXPECT_EQ(value("SELECT count(*) FROM pg_constraint WHERE contype = 'f'"), "0");

    std::vector<Batch> batches;
    const Table contact = old_contacts(), transaction = old_transactions();
    batches.emplace_back(contact);
    batches.emplace_back(transaction);
    put(batches[0], {{"$id", text("old")},
                     {"$md5", text("m1")},
                     {"$version", text("1")},
                     {"amount", number("12.5")},
                     {"city", text("Ulm")}});
    put(batches[0], {{"$id", text("new")}, {"$version", boolean(true)}, {"amount", number("1e3")}});
    put(batches[1], {{"id", text("t1")},
                     {"contact_id", text("old")},
                     {"fired", text("2024-03-05T10:03:27.481Z")},
                     {"wrapup_time_sec", number("7.5")},
                     {"isHI", boolean(true)},
                     {"wait_time_sec", number("0.25")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].updated, 1U);
    EXPECT_EQ(stats[0].inserted, 1U);
    EXPECT_EQ(stats[0].rejected + stats[1].rejected, 0U);
    EXPECT_EQ(value("SELECT concat_ws('|', \"$md5\", \"$changed\", amount, city) FROM contacts "
                    "WHERE \"$id\" = 'old'"),
              "m1|2024-03-05T10:00:00.000Z|12.5|Ulm");
    EXPECT_EQ(
        value("SELECT concat_ws('|', \"$version\", amount) FROM contacts WHERE \"$id\" = 'new'"),
        "1|1000");
    EXPECT_EQ(value("SELECT concat_ws('|', fired, wrapup_time_sec, \"isHI\", wait_time_sec) FROM "
                    "transactions"),
              "2024-03-05T10:03:27.481Z|7.5|t|0.25");
    // An equal number written differently is no change.
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, 2U);
}

// Whatever holds the times: a span of them, and what is older than its beginning.
TEST_F(PostgresExisting, RowsAreFoundByTimesInColumnsOfTheUsersOwn) {
    sql(R"(CREATE TABLE t (id integer PRIMARY KEY, old varchar(50), day date, second timestamp(0));
           INSERT INTO t SELECT n, to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), at, at FROM
           generate_series(1, 9) AS n, LATERAL (SELECT TIMESTAMP '2024-03-01' + (n - 1) *
           INTERVAL '12 hours' AS at) AS times;
           UPDATE t SET old = '2024-03-03T00:00:00.000Z' WHERE id = 5)");
    const Table table = table_of("t", {{"id", Type::int64},
                                       {"old", Type::timestamp},
                                       {"day", Type::timestamp},
                                       {"second", Type::timestamp}});
    start({table});
    for (const char* column : {"old", "day", "second"}) {
        const auto rows = [&](std::string_view from, std::string_view until) {
            RowQuery query{.table = table, .columns = {"id"}};
            query.times = {column, contract::at(from), contract::at(until)};
            return destination_->rows()->count(query);
        };
        const auto older = [&](std::string_view than) {
            return destination_->retention()->count({table, column, contract::at(than)});
        };
        EXPECT_EQ(rows("2024-03-02", "2024-03-03"), 2U) << column;
        EXPECT_EQ(older("2024-03-03"), 4U) << column;
        const bool is_day = std::string_view(column) == "day";
        EXPECT_EQ(older("2024-03-03T00:00:00.5Z"), is_day ? 6U : 5U) << column;
        EXPECT_EQ(rows("2024-03-03T00:00:00.5Z", "2024-03-04"), is_day ? 0U : 1U) << column;
    }
}

// The user's own column for the time of the change is coarser than the time.
TEST_F(PostgresExisting, TheTimeOfAChangeIsCutToWhatItsColumnHolds) {
    using namespace std::chrono_literals;
    sql("CREATE TABLE t (id varchar(50) PRIMARY KEY, a text, changed timestamp(0))");
    Table table = table_of("t", {{"id"}, {"a"}, {"changed", Type::timestamp}});
    table.changed = "changed";
    start({table});
    load(one(table, {{"id", text("1")}}), kFirst + 723'456us);
    EXPECT_EQ(value("SELECT changed FROM t"), "2024-03-05 10:00:00");
    load(one(table, {{"id", text("1")}, {"a", text("x")}}), kSecond + 723'456us);
    EXPECT_EQ(value("SELECT changed FROM t"), "2024-03-05 11:00:00");
}

TEST_F(PostgresExisting, FingerprintsAndErasuresWorkOnVarcharKeys) {
    make_old_tables();
    start({old_contacts()});
    const std::vector<std::string> keys{"old", "unknown", std::string(60, 'x'), "a\"b\\c{},'",
                                        "old"};
    const auto prints = destination_->fingerprints(old_contacts(), keys);
    EXPECT_THAT(prints,
                ::testing::ElementsAre("m0", std::nullopt, std::nullopt, std::nullopt, "m0"));
    sql("INSERT INTO contacts (\"$id\") VALUES (repeat('x', 50))");
    std::vector<Batch> batches;
    const Table table = old_contacts();
    batches.emplace_back(table);
    batches[0].erase(std::string(60, 'x'));  // must not be cut to the key of another row
    batches[0].erase("old");
    EXPECT_EQ(load(batches)[0].erased, 1U);
    EXPECT_EQ(value("SELECT count(*) FROM contacts"), "1");
}

TEST_F(PostgresExisting, NamesCutToSixtyThreeBytesAreUsed) {
    const std::string name = std::string(63, 'n') + " und mehr";
    sql("CREATE TABLE t (id varchar(50) PRIMARY KEY, \"" + name.substr(0, 63) + "\" text)");
    const Table table = table_of("t", {{"id"}, {name}});
    start({table});
    load(one(table, {{"id", text("a")}, {name, text("v")}}));
    EXPECT_EQ(value("SELECT \"" + name.substr(0, 63) + "\" FROM t"), "v");
    EXPECT_EQ(
        value("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0"),
        "2");
}

TEST_F(PostgresExisting, SystemColumnNamesAreNoObstacle) {
    const Table table = table_of("t", {{"id"}, {"xmin"}, {"ctid"}, {"tableoid"}});
    start({table});
    const auto batches = one(table, {{"id", text("a")}, {"xmin", text("1")}, {"ctid", text("2")}});
    load(batches);
    EXPECT_EQ(load(batches)[0].unchanged, 1U);
    EXPECT_EQ(value("SELECT string_agg(v.value, ',' ORDER BY v.value) FROM t, "
                    "json_each_text(row_to_json(t)) v"),
              "1,2,a");
}

TEST_F(PostgresExisting, SchemasAndUpperCasePrefixes) {
    sql("CREATE SCHEMA crm; CREATE TABLE contacts (id int); CREATE TABLE df_old (id text PRIMARY "
        "KEY)");
    const std::vector<Table> tables{table_of("crm.contacts", {{"id"}}),
                                    table_of("DF_new", {{"id"}}),
                                    // As the old client wrote it, without quotes.
                                    table_of("DF_old", {{"id"}, {"more"}})};
    start(tables);
    for (const Table& table : tables) load(one(table, {{"id", text("a")}}));
    EXPECT_EQ(value("SELECT count(*) FROM crm.contacts"), "1");
    EXPECT_EQ(value("SELECT count(*) FROM \"DF_new\""), "1");
    EXPECT_EQ(value("SELECT count(more) + count(*) FROM df_old"), "1");
    EXPECT_EQ(value("SELECT count(*) FROM contacts"), "0");
    const Error error = error_of(
        [&] { destination_->prepare(std::vector<Table>{table_of("nowhere.t", {{"id"}})}); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_NE(error.hint().find("CREATE SCHEMA"), std::string::npos);
}

TEST_F(PostgresExisting, ATableOfTheNameInAnotherSchemaIsNotThisOne) {
    sql("CREATE SCHEMA other; CREATE TABLE other.t (id text PRIMARY KEY, a text, b text)");
    const Table table = table_of("t", {{"id"}, {"a"}, {"b"}});
    start({table});
    load(one(table, {{"id", text("1")}, {"b", text("x")}}));
    EXPECT_EQ(value("SELECT b FROM public.t"), "x");
    EXPECT_EQ(value("SELECT count(*) FROM other.t"), "0");
}

TEST_F(PostgresExisting, ValuesFitTheTypesThatAreThere) {
    sql(R"(CREATE EXTENSION citext;
           CREATE DOMAIN short AS varchar(3);
           CREATE TABLE t (id text PRIMARY KEY, r real, d date, ts timestamp, tz0 timestamptz(0), jb jsonb, c citext,
                           ch char(5), u uuid, s short))");
    const Table table =
        table_of("t", {{"id"}, {"r"}, {"d"}, {"ts"}, {"tz0"}, {"jb"}, {"c"}, {"ch"}, {"u"}, {"s"}});
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    put(batches[0], {{"id", text("fits")},
                     {"r", number("1.25")},
                     {"d", text("2024-02-29")},
                     {"ts", text("2024-03-05T10:00:00+02:00")},
                     {"tz0", text("2024-03-05T10:00:00Z")},
                     {"jb", json(R"({"a":1})")},
                     {"c", text("Word")},
                     {"ch", text("ab")},
                     {"u", text("6a8c1d1e-8f5d-4c57-9f2a-0c3c8f1d2b3a")},
                     {"s", text("abc")}});
    put(batches[0], {{"id", text("not")},
                     {"r", number("1.23456789")},
                     {"d", text("2024-02-29T10:00:00Z")},
                     {"tz0", text("2024-03-05T10:00:00.5Z")},
                     {"jb", json(R"(["\u0000"])")},
                     {"ch", text("abcdef")},
                     {"s", text("abcd")}});
    EXPECT_EQ(load(batches)[0].rejected, 4U);  // r, d, jb, s; tz0 and ch were widened
    EXPECT_EQ(
        value("SELECT concat_ws('|', r, d, ts, tz0, jb, c, ch, u, s) FROM t WHERE id = 'fits'"),
        "1.25|2024-02-29|2024-03-05 08:00:00|2024-03-05 10:00:00+00|{\"a\": 1}|Word|ab|"
        "6a8c1d1e-8f5d-4c57-9f2a-0c3c8f1d2b3a|abc");
    EXPECT_EQ(value("SELECT concat_ws('|', tz0, ch) FROM t WHERE id = 'not'"),
              "2024-03-05 10:00:00.5+00|abcdef");
    EXPECT_EQ(
        value("SELECT string_agg(column_name, ',' ORDER BY column_name) FROM ringtail_rejects"),
        "d,jb,r,s");
    // A change that the type's own comparison overlooks.
    EXPECT_EQ(load(one(table, {{"id", text("fits")},
                               {"r", number("1.25")},
                               {"d", text("2024-02-29")},
                               {"ts", text("2024-03-05T08:00:00")},
                               {"tz0", text("2024-03-05T10:00:00Z")},
                               {"jb", json(R"({"a":1})")},
                               {"c", text("WORD")},
                               {"ch", text("ab")},
                               {"u", text("6a8c1d1e-8f5d-4c57-9f2a-0c3c8f1d2b3a")},
                               {"s", text("abc")}}))[0]
                  .updated,
              1U);
    EXPECT_EQ(value("SELECT c FROM t WHERE id = 'fits'"), "WORD");
}

// Keys that the database writes or compares in its own way: a row is found whatever the spelling.
TEST_F(PostgresExisting, RowsAreFoundByKeysOfEveryType) {
    sql("CREATE EXTENSION citext");
    for (const auto& [type, first, again] :
         {std::tuple{"bigint", "7", "007"},
          {"numeric(5,2)", "7.50", "7.5"},
          {"citext", "Word", "wORD"},
          {"uuid", "6a8c1d1e-8f5d-4c57-9f2a-0c3c8f1d2b3a", "6A8C1D1E8F5D4C579F2A0C3C8F1D2B3A"},
          {"char(6)", "ab", "ab"},
          {"varchar(6)", "ab", "ab"},
          {"timestamptz(3)", "2024-03-05T10:00:00Z", "2024-03-05 11:00:00+01"}}) {
        SCOPED_TRACE(type);
        sql(std::string("DROP TABLE IF EXISTS t; CREATE TABLE t (id ") + type +
            " PRIMARY KEY, a text)");
        const Table table = table_of("t", {{"id"}, {"a"}});
        start({table});
        EXPECT_EQ(load(one(table, {{"id", text(first)}, {"a", text("1")}}))[0].inserted, 1U);
        EXPECT_EQ(load(one(table, {{"id", text(again)}, {"a", text("1")}}))[0].unchanged, 1U);
        EXPECT_EQ(load(one(table, {{"id", text(again)}, {"a", text("2")}}))[0].updated, 1U);
        std::vector<Batch> erasing;
        erasing.emplace_back(table);
        erasing[0].erase(again);
        EXPECT_EQ(load(erasing)[0].erased, 1U);
    }
}

TEST_F(PostgresExisting, KeysOfSeveralColumns) {
    Table table = table_of("t", {{"a"}, {"b"}, {"value"}});
    table.key = {"b", "a"};
    table.fingerprint = "value";
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    for (const auto& [a, b] : {std::pair{"1", "1"}, {"1", "2"}, {"2", "1"}}) {
        put(batches[0], {{"a", text(a)}, {"b", text(b)}, {"value", text(std::string(a) + b)}});
    }
    EXPECT_EQ(load(batches)[0].inserted, 3U);
    EXPECT_EQ(load(batches)[0].unchanged, 3U);
    put(batches[0], {{"a", text("2")}, {"b", text("2")}});
    put(batches[0], {{"a", text("2")}, {"b", text("1")}, {"value", text("new")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 1U);
    EXPECT_EQ(stats[0].updated, 1U);
    EXPECT_EQ(stats[0].unchanged, 2U);
    EXPECT_THAT(destination_->fingerprints(table, std::vector<std::string>{"1\x1f"
                                                                           "2",
                                                                           "2\x1f"
                                                                           "2",
                                                                           "3\x1f"
                                                                           "3"}),
                ::testing::ElementsAre("new", "", std::nullopt));
}

TEST_F(PostgresExisting, UnchangedRowsAreNotEvenLocked) {
    const Table table = table_of("t", {{"id"}, {"a"}});
    start({table});
    load(one(table, {{"id", text("1")}, {"a", text("x")}}));
    const std::string version = value("SELECT concat_ws('|', ctid, xmin, xmax) FROM t");
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"a", text("x")}}))[0].unchanged, 1U);
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"a", text("x")}}))[0].unchanged, 1U);
    EXPECT_EQ(value("SELECT concat_ws('|', ctid, xmin, xmax) FROM t"), version);
}

TEST_F(PostgresExisting, AUsersForeignKeyMakesRejectsOfRowsWithoutTheirParent) {
    sql("CREATE TABLE lines (nr bigint PRIMARY KEY); INSERT INTO lines VALUES (7);"
        "CREATE TABLE t (id text PRIMARY KEY, line bigint REFERENCES lines, a text)");
    const Table table = table_of("t", {{"id"}, {"line"}, {"a"}});
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    put(batches[0], {{"id", text("1")}, {"line", number("7")}});
    put(batches[0], {{"id", text("2")}, {"line", number("8")}, {"a", text("lost?")}});
    put(batches[0], {{"id", text("3")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(value("SELECT raw FROM ringtail_rejects"), R"({"id":"2","line":8,"a":"lost?"})");
    EXPECT_NE(value("SELECT reason FROM ringtail_rejects").find("lines"), std::string::npos);
}

TEST_F(PostgresExisting, TablesThatCannotBeLoadedSaySo) {
    sql("CREATE TABLE base (id text); CREATE VIEW seen AS SELECT * FROM base;"
        "CREATE TABLE made (id text PRIMARY KEY, name text GENERATED ALWAYS AS (id || '!') STORED);"
        "CREATE TABLE partly (id text, name text); CREATE UNIQUE INDEX ON partly (id) WHERE name "
        "IS NOT NULL");
    for (const auto& [name, hint] : {std::pair{"base", "ADD PRIMARY KEY"},
                                     {"seen", "rename"},
                                     {"made", "Rename"},
                                     {"partly", "ADD PRIMARY KEY"}}) {
        const Table table = table_of(name, {{"id"}, {"name"}});
        const Error error = error_of([&] { destination_->prepare(std::vector{table}); });
        EXPECT_EQ(error.fault(), Fault::config) << name;
        EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
        EXPECT_NE(error.hint().find(hint), std::string::npos) << error.hint();
    }
}

TEST_F(PostgresExisting, AUsersUniqueRuleIsNamed) {
    const Table table = table_of("t", {{"id"}, {"phone"}});
    start({table});
    sql("ALTER TABLE t ADD CONSTRAINT one_phone UNIQUE (phone)");
    load(one(table, {{"id", text("a")}, {"phone", text("1")}}));
    const Error error = error_of([&] {
        load(one(table, {{"id", text("b")}, {"phone", text("1")}}));
    });
    EXPECT_EQ(error.fault(), Fault::data);
    EXPECT_NE(std::string(error.what()).find("one_phone"), std::string::npos) << error.what();
    EXPECT_EQ(value("SELECT count(*) FROM t"), "1");
}

TEST_F(PostgresExisting, UserColumnsWithDefaultsAndTriggersGoOnWorking) {
    const Table table = table_of("t", {{"id"}, {"a"}});
    start({table});
    sql(R"(ALTER TABLE t ADD COLUMN mine text NOT NULL DEFAULT 'mine', ADD COLUMN touched int NOT NULL DEFAULT 0;
           CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
           $$ BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END $$;
           CREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch())");
    load(one(table, {{"id", text("1")}, {"a", text("x")}}));
    sql("UPDATE t SET mine = 'changed'");
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"a", text("x")}}))[0].unchanged, 1U);
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"a", text("y")}}))[0].updated, 1U);
    EXPECT_EQ(value("SELECT concat_ws('|', a, mine, touched) FROM t"), "y|changed|2");
}

}  // namespace
}  // namespace ringtail::test
