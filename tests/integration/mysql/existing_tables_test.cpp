#include "integration/mysql/fixture.hpp"

// Tables that were there before: the old client's, the user's, with other types, rights and rules.
namespace ringtail::test {
namespace {

class MysqlExisting : public MysqlTest {
  protected:
    // As dbsync2 1.15.0 created them, shortened to the kinds of columns there are.
    void make_old_tables() {
        sql("CREATE TABLE contacts (`$id` varchar(50) NOT NULL PRIMARY KEY, `$md5` varchar(50), "
            "`$version` varchar(50), `$status_detail` varchar(100), `$comment` text, `$changed` "
            "varchar(50), amount numeric, city text, INDEX `$id|$md5` (`$id`, `$md5`)) CHARACTER "
            "SET utf16;\n"
            "CREATE TABLE transactions (`id` varchar(50) NOT NULL PRIMARY KEY, `contact_id` "
            "varchar(50), `fired` varchar(50), `wrapup_time_sec` numeric, `user` varchar(50), "
            "`isHI` boolean, `$changed` varchar(50)) CHARACTER SET utf16;\n"
            "INSERT INTO contacts VALUES ('old', 'm0', '1', NULL, NULL, '2024-01-01T00:00:00Z', "
            "13, 'Ulm')");
    }
};

TEST_F(MysqlExisting, TheOldClientsTablesKeepTheirTypesAndGetTheirRows) {
    make_old_tables();
    start({old_contacts(), old_transactions()});
    EXPECT_EQ(type_of("contacts", "$id"), "varchar(50) utf16_general_ci");
    EXPECT_EQ(type_of("contacts", "_extra"), "longtext utf8mb4_bin");
    EXPECT_EQ(type_of("transactions", "wait_time_sec"), "decimal(38,10)");

    std::vector<Batch> batches;
    const Table contact = old_contacts(), transaction = old_transactions();
    batches.emplace_back(contact);
    batches.emplace_back(transaction);
    put(batches[0], {{"$id", text("old")},
                     {"$md5", text("m1")},
                     {"$version", text("1")},
                     {"amount", number("14")},
                     {"city", text("Ulm 😀")}});
    put(batches[0], {{"$id", text("new")}, {"$version", boolean(true)}, {"amount", number("1e3")}});
    put(batches[1], {{"id", text("t1")},
                     {"contact_id", text("old")},
                     {"fired", text("2024-03-05T10:03:27.481Z")},
                     {"isHI", boolean(true)},
                     {"wait_time_sec", number("0.25")}});
    const LoadStats stats = load(batches);
    EXPECT_EQ(stats[0].updated, 1U);
    EXPECT_EQ(stats[0].inserted, 1U);
    EXPECT_EQ(stats[0].rejected + stats[1].rejected, 0U);
    EXPECT_EQ(value("SELECT CONCAT_WS('|', `$md5`, `$changed`, amount, city) FROM contacts WHERE "
                    "`$id` = 'old'"),
              "m1|2024-03-05T10:00:00.000Z|14|Ulm 😀");
    EXPECT_EQ(value("SELECT CONCAT_WS('|', fired, isHI, wait_time_sec) FROM transactions"),
              "2024-03-05T10:03:27.481Z|1|0.2500000000");
    EXPECT_EQ(type_of("contacts", "amount"), "decimal(10,0)") << "no value needed more";
    EXPECT_EQ(load(batches, kSecond)[0].unchanged, 2U);
    EXPECT_EQ(load(batches, kSecond)[1].unchanged, 1U);

    // What the old client rounded.
    EXPECT_EQ(load(one(contact, {{"$id", text("old")}, {"amount", number("12.5")}}))[0].rejected,
              0U);
    EXPECT_EQ(value("SELECT amount + 0.0 FROM contacts WHERE `$id` = 'old'"), "12.5000000000");
    EXPECT_EQ(value("SELECT amount FROM contacts WHERE `$id` = 'new'"), "1000.0000000000");
}

TEST_F(MysqlExisting, FingerprintsAndErasuresLookAtEveryCharacterOfAKey) {
    make_old_tables();
    start({old_contacts()});
    const std::vector<std::string> keys{"old", "OLD", "old ", std::string(60, 'x'), "old"};
    EXPECT_THAT(destination_->fingerprints(old_contacts(), keys),
                ::testing::ElementsAre("m0", std::nullopt, std::nullopt, std::nullopt, "m0"));
    std::vector<Batch> batches;
    const Table table = old_contacts();
    batches.emplace_back(table);
    for (const char* key : {"OLD", "old ", "Old"}) batches[0].erase(key);
    EXPECT_EQ(load(batches)[0].erased, 0U);
    batches[0].erase("old");
    EXPECT_EQ(load(batches)[0].erased, 1U);
}

// The old client's collation holds them for one.
TEST_F(MysqlExisting, KeysThatDifferInCaseAreToldApartOnceTheyCome) {
    make_old_tables();
    const Table table = old_contacts();
    start({table});
    EXPECT_EQ(load(one(table, {{"$id", text("OLD")}, {"city", text("Köln")}}))[0].inserted, 1U);
    EXPECT_EQ(value("SELECT GROUP_CONCAT(city ORDER BY city) FROM contacts"), "Köln,Ulm");
    EXPECT_EQ(type_of("contacts", "$id"), "varchar(50) utf8mb4_nopad_bin");
    EXPECT_EQ(log_.with("key tells all texts apart").size(), 1U);
    EXPECT_EQ(load(one(table, {{"$id", text("old ")}}))[0].inserted, 1U);
}

TEST_F(MysqlExisting, ChangesOfCaseAndBlanksAreChanges) {
    sql("CREATE TABLE t (id varchar(50) PRIMARY KEY, a varchar(50), b text, c char(5)) CHARACTER "
        "SET utf8mb4 COLLATE utf8mb4_general_ci");
    const Table table = table_of("t", {{"id"}, {"a"}, {"b"}, {"c"}});
    start({table});
    const auto load_a = [&](const char* a, const char* b) {
        return load(one(table, {{"id", text("1")}, {"a", text(a)}, {"b", text(b)}}))[0];
    };
    EXPECT_EQ(load_a("Müller", "x").inserted, 1U);
    EXPECT_EQ(load_a("MÜLLER", "x").updated, 1U);
    EXPECT_EQ(load_a("MULLER", "x").updated, 1U);
    EXPECT_EQ(load_a("MULLER ", "x").updated, 1U);
    EXPECT_EQ(load_a("MULLER ", "x ").updated, 1U);
    EXPECT_EQ(load_a("MULLER ", "x ").unchanged, 1U);
    EXPECT_EQ(value("SELECT CONCAT(a, '|', b, '|') FROM t"), "MULLER |x |");
}

// The user's own column for the time of the change is coarser than the time.
TEST_F(MysqlExisting, TheTimeOfAChangeIsCutToWhatItsColumnHolds) {
    using namespace std::chrono_literals;
    for (const auto& [type, expected] : {std::pair{"datetime(6)", "2024-03-05 10:00:00.123456"},
                                         {"datetime(2)", "2024-03-05 10:00:00.12"},
                                         {"datetime", "2024-03-05 10:00:00"}}) {
        SCOPED_TRACE(type);
        sql(std::string("DROP TABLE IF EXISTS t;\nCREATE TABLE t (id varchar(50) PRIMARY KEY, "
                        "changed ") +
            type + ")");
        Table table = table_of("t", {{"id"}, {"changed", Type::timestamp}});
        table.changed = "changed";
        start({table});
        load(one(table, {{"id", text("1")}}), kFirst + 123'456us);
        EXPECT_EQ(value("SELECT changed FROM t"), expected);
    }
}

TEST_F(MysqlExisting, DatabasesInFrontOfNames) {
    const std::string other = server_.create_database();
    const Table table = table_of(other + ".contacts", {{"id"}});
    start({table});
    load(one(table, {{"id", text("a")}}));
    EXPECT_EQ(value("SELECT COUNT(*) FROM " + other + ".contacts"), "1");
    const Error error = error_of(
        [&] { destination_->prepare(std::vector<Table>{table_of("nowhere.t", {{"id"}})}); });
    EXPECT_EQ(error.fault(), Fault::config);
    EXPECT_NE(error.hint().find("CREATE DATABASE"), std::string::npos);
}

TEST_F(MysqlExisting, ValuesFitTheTypesThatAreThere) {
    sql("CREATE TABLE t (id varchar(20) PRIMARY KEY, f float, d date, dt datetime, ts timestamp "
        "NULL, u tinyint unsigned, l varchar(20) CHARACTER SET latin1, b3 varchar(20) CHARACTER "
        "SET utf8mb3, tt tinytext, bl varbinary(40))");
    const Table table =
        table_of("t", {{"id"}, {"f"}, {"d"}, {"dt"}, {"ts"}, {"u"}, {"l"}, {"b3"}, {"tt"}, {"bl"}});
    start({table});
    std::vector<Batch> batches;
    batches.emplace_back(table);
    put(batches[0], {{"id", text("fits")},
                     {"f", number("1.25")},
                     {"d", text("2024-02-29")},
                     {"dt", text("2024-03-05T10:00:00+02:00")},
                     {"ts", text("2024-03-05T10:00:00Z")},
                     {"u", number("255")},
                     {"l", text("Käse")},
                     {"b3", text("名前")},
                     {"tt", text("short")},
                     {"bl", text("größe")}});
    EXPECT_EQ(load(batches)[0].rejected, 0U);
    EXPECT_EQ(
        value(
            "SELECT CONCAT_WS('|', f, d, dt, ts, u, l, b3, tt, CONVERT(bl USING utf8mb4)) FROM t"),
        "1.25|2024-02-29|2024-03-05 08:00:00|2024-03-05 10:00:00|255|Käse|名前|short|größe");
    EXPECT_EQ(log_.with("column widened").size(), 0U);
    EXPECT_EQ(load(batches)[0].unchanged, 1U);

    put(batches[0], {{"id", text("not")},
                     {"f", number("1.23456789")},
                     {"d", text("2024-02-29T10:00:00Z")},
                     {"dt", text("2024-03-05T10:00:00.5Z")},
                     {"ts", text("1899-12-31T10:00:00Z")},
                     {"u", number("-1")},
                     {"l", text("名前")},
                     {"b3", text("😀")},
                     {"tt", text(std::string(300, 'x'))},
                     {"bl", text(std::string(41, 'y'))}});
    EXPECT_EQ(load(batches)[0].rejected, 2U);
    EXPECT_EQ(value("SELECT GROUP_CONCAT(column_name ORDER BY column_name) FROM ringtail_rejects"),
              "d,f");
    EXPECT_EQ(value("SELECT CONCAT_WS('|', dt, ts, u, l, b3, LENGTH(tt), LENGTH(bl)) FROM t WHERE "
                    "id = 'not'"),
              "2024-03-05 10:00:00.500000|1899-12-31 10:00:00.000000|-1|名前|😀|300|41");
    EXPECT_EQ(
        value("SELECT CONCAT_WS('|', f, d, dt, ts, u, l, b3, tt, CONVERT(bl USING utf8mb4)) FROM t "
              "WHERE id = 'fits'"),
        "1.25|2024-02-29|2024-03-05 08:00:00.000000|2024-03-05 10:00:00.000000|255|Käse|名前|"
        "short|größe");
    EXPECT_EQ(load(batches)[0].unchanged, 2U);
}

// Keys that the database writes or compares in its own way: a row is found whatever the spelling.
TEST_F(MysqlExisting, RowsAreFoundByKeysOfEveryType) {
    for (const auto& [type, first, again] :
         {std::tuple{"bigint", "7", "007"},
          {"decimal(5,2)", "7.50", "7.5"},
          {"char(6)", "ab", "ab"},
          {"varchar(6)", "ab", "ab"},
          {"datetime(3)", "2024-03-05T10:00:00Z", "2024-03-05 11:00:00+01"}}) {
        SCOPED_TRACE(type);
        sql("DROP TABLE IF EXISTS t");
        sql(std::string("CREATE TABLE t (id ") + type + " PRIMARY KEY, a text)");
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

TEST_F(MysqlExisting, KeysOfSeveralColumns) {
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
                                                                           "3\x1f"
                                                                           "3"}),
                ::testing::ElementsAre("new", std::nullopt));
}

TEST_F(MysqlExisting, AUsersForeignKeyMakesRejectsOfRowsWithoutTheirParent) {
    sql("CREATE TABLE `lines` (nr bigint PRIMARY KEY);\nINSERT INTO `lines` VALUES (7);\n"
        "CREATE TABLE t (id varchar(50) PRIMARY KEY, line bigint, a text, FOREIGN KEY (line) "
        "REFERENCES `lines` (nr))");
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

TEST_F(MysqlExisting, TablesThatCannotBeLoadedSaySo) {
    sql("CREATE TABLE base (id varchar(50), name text);\nCREATE VIEW seen AS SELECT * FROM base;\n"
        "CREATE TABLE made (id varchar(50) PRIMARY KEY, name varchar(60) AS (CONCAT(id, '!')) "
        "STORED);\nCREATE TABLE partly (id text, name text, UNIQUE (id(10)));\n"
        "CREATE TABLE old (id varchar(50) PRIMARY KEY, name text) ENGINE = MyISAM");
    for (const auto& [name, hint] : {std::pair{"base", "ADD PRIMARY KEY"},
                                     {"seen", "rename"},
                                     {"made", "Rename"},
                                     {"partly", "ADD PRIMARY KEY"},
                                     {"old", "ENGINE = InnoDB"}}) {
        const Table table = table_of(name, {{"id"}, {"name"}});
        const Error error = error_of([&] { destination_->prepare(std::vector{table}); });
        EXPECT_EQ(error.fault(), Fault::config) << name;
        EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
        EXPECT_NE(error.hint().find(hint), std::string::npos) << error.hint();
    }
}

TEST_F(MysqlExisting, AUsersUniqueRuleIsNamed) {
    const Table table = table_of("t", {{"id"}, {"phone"}});
    start({table});
    sql("ALTER TABLE t ADD CONSTRAINT one_phone UNIQUE (phone(50))");
    load(one(table, {{"id", text("a")}, {"phone", text("1")}}));
    const Error error = error_of([&] {
        load(one(table, {{"id", text("b")}, {"phone", text("1")}}));
    });
    EXPECT_EQ(error.fault(), Fault::data);
    EXPECT_NE(std::string(error.what()).find("one_phone"), std::string::npos) << error.what();
    EXPECT_EQ(value("SELECT COUNT(*) FROM t"), "1");
}

TEST_F(MysqlExisting, UserColumnsWithDefaultsAndTriggersGoOnWorking) {
    const Table table = table_of("t", {{"id"}, {"a"}});
    start({table});
    sql("ALTER TABLE t ADD COLUMN mine varchar(20) NOT NULL DEFAULT 'mine', ADD COLUMN touched int "
        "NOT NULL DEFAULT 0;\nCREATE TRIGGER touch BEFORE UPDATE ON t FOR EACH ROW SET NEW.touched "
        "= OLD.touched + 1");
    load(one(table, {{"id", text("1")}, {"a", text("x")}}));
    sql("UPDATE t SET mine = 'changed'");
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"a", text("x")}}))[0].unchanged, 1U);
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"a", text("y")}}))[0].updated, 1U);
    EXPECT_EQ(value("SELECT CONCAT_WS('|', a, mine, touched) FROM t"), "y|changed|2");
}

// Ended between adding a column and moving its values there.
TEST_F(MysqlExisting, AColumnThatWasAddedButNotFilledIsFilledByTheNextStart) {
    Table table = table_of("t", {{"id"}, {"_extra", Type::json}});
    table.rest = "_extra";
    start({table});
    load(one(table, {{"id", text("1")}, {"_extra", json(R"({"n":7,"other":1})")}}));
    sql("ALTER TABLE t ADD COLUMN n decimal(38,10) COMMENT 'Ringtail: not filled yet'");
    table.columns.push_back({"n", Type::decimal});
    start({table});
    EXPECT_EQ(value("SELECT CONCAT_WS('|', n, _extra) FROM t"), "7.0000000000|{\"other\":1}");
    EXPECT_EQ(value("SELECT COLUMN_COMMENT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = "
                    "DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'n'"),
              "");
}

// Tables so wide that a row's texts, though short, do not fit a page.
TEST_F(MysqlExisting, RowsOfTheUsersOwnVeryWideTable) {
    std::string columns;
    Table table = table_of("t", {{"id"}});
    for (int i = 0; i < 300; ++i) {
        columns += ", f" + std::to_string(i) + " text";
        table.columns.push_back({"f" + std::to_string(i)});
    }
    sql("CREATE TABLE t (id varchar(50) PRIMARY KEY" + columns + ")");
    start({table});
    EXPECT_EQ(load(one(table, {{"id", text("1")}, {"f299", text("x")}}))[0].inserted, 1U);
}

// InnoDB's older row format keeps up to 768 bytes of each text in the row's page.
TEST_F(MysqlExisting, FieldsThatTheUsersOwnTableHasNoRoomForGoToTheRest) {
    std::string columns;
    Table table = table_of("t", {{"id"}, {"_extra", Type::json}});
    table.rest = "_extra";
    for (int i = 0; i < 20; ++i) {
        table.columns.push_back({"f" + std::to_string(i)});
        if (i < 7) columns += ", f" + std::to_string(i) + " text CHARACTER SET utf8mb4";
    }
    sql("CREATE TABLE t (id varchar(50) PRIMARY KEY" + columns + ") ROW_FORMAT = COMPACT");
    const auto prepared = start({table});
    EXPECT_EQ(log_.with("table is full").size(), 1U);
    EXPECT_EQ(prepared[0].columns.size(), server_.columns(database_, "t").size());
    EXPECT_THAT(server_.columns(database_, "t"),
                ::testing::AllOf(::testing::Contains("_extra"), ::testing::Contains("f7"),
                                 ::testing::Not(::testing::Contains("f19"))));
    const std::string longest(3'000, 'x');
    EXPECT_EQ(
        load(one(prepared[0],
                 {{"id", text("1")}, {"f0", text(longest)}, {"_extra", json(R"({"f19":"y"})")}}))[0]
            .inserted,
        1U);
    EXPECT_EQ(value("SELECT JSON_VALUE(_extra, '$.f19') FROM t WHERE LENGTH(f0) = 3000"), "y");
}

// Where nobody asks the server to be strict, it makes tables whose rows need not fit.
TEST_F(MysqlExisting, ATableWithoutRoomForTheRestIsAnErrorThatSaysWhatHelps) {
    std::string columns;
    for (int i = 0; i < 12; ++i) columns += ", f" + std::to_string(i) + " text";
    sql("SET innodb_strict_mode = 0;\nCREATE TABLE t (id varchar(50) PRIMARY KEY" + columns +
        ") ROW_FORMAT = COMPACT");
    Table table = table_of("t", {{"id"}, {"_extra", Type::json}});
    table.rest = "_extra";
    const Error error = error_of([&] { start({table}); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_THAT(error.hint(), ::testing::HasSubstr("ROW_FORMAT = DYNAMIC"));
}

TEST_F(MysqlExisting, ARowThatDoesNotFitItsPageIsAnErrorThatSaysWhatHelps) {
    std::string columns;
    Table table = table_of("t", {{"id"}});
    for (int i = 0; i < 20; ++i) {
        columns += ", f" + std::to_string(i) + " text";
        table.columns.push_back({"f" + std::to_string(i)});
    }
    sql("SET innodb_strict_mode = 0;\nCREATE TABLE t (id varchar(50) PRIMARY KEY" + columns +
        ") ROW_FORMAT = COMPACT");
    const auto prepared = start({table});
    const std::string longest(1'000, 'x');
    std::vector<Batch> batches;
    batches.emplace_back(prepared[0]);
    batches[0].add_null_row();
    batches[0].set(0, text("1"));
    for (std::size_t i = 1; i < batches[0].width(); ++i) batches[0].set(i, text(longest));
    batches[0].end_row();
    const Error error = error_of([&] { load(batches); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_THAT(error.hint(), ::testing::HasSubstr("ROW_FORMAT = DYNAMIC"));
    sql("ALTER TABLE t ROW_FORMAT = DYNAMIC");
    EXPECT_EQ(load(batches)[0].inserted, 1U);
}

}  // namespace
}  // namespace ringtail::test
