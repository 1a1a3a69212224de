#include "contract/fixture.hpp"
#include "destination/sqlserver/inspector.hpp"
#include "destination/sqlserver/sqlserver.hpp"
#include "scratch_database.hpp"

// Tables that were there before: the old client's, and such with triggers.
namespace ringtail::test {
namespace {

using contract::kFirst;
using contract::kSecond;
using contract::kStream;
using contract::number;
using contract::one;
using contract::put;
using contract::text;

Table old_contacts() {
    return {.name = "contacts",
            .columns = {{"$id"},
                        {"$md5"},
                        {"$status_detail"},
                        {"amount", Type::decimal},
                        {"$changed", Type::timestamp}},
            .key = {"$id"},
            .references = {},
            .fingerprint = "$md5",
            .changed = "$changed",
            .rest = ""};
}

class SqlServerTables : public ::testing::Test {
  protected:
    void SetUp() override {
        if (!ScratchDatabase::has_server()) {
            GTEST_SKIP() << "NOT RUN: RINGTAIL_TEST_SQLSERVER is not set";
        }
        ScratchDatabase::shared().clean();
    }

    void start(const Table& table) {
        destination_ = make_sqlserver(ScratchDatabase::shared().url(), {}, *log_);
        prepared_ = destination_->prepare(std::vector{table});
        destination_->streams().hold(kStream, holder_);
    }
    LoadStats load(std::span<const Batch> batches, Instant now = kFirst) {
        const Checkpoint after{"after"};
        return destination_->load({batches, {}, {}, kStream, holder_, &after, now}, {});
    }
    static std::vector<SqlRow> sql(const std::string& statement) {
        return ScratchDatabase::shared().query(statement);
    }
    static std::string value(const std::string& statement) {
        return ScratchDatabase::shared().value(statement);
    }

    const Table contacts_ = old_contacts();
    const std::unique_ptr<Logger> log_ = make_null_logger();
    const std::string holder_ = this_holder();
    std::unique_ptr<Destination> destination_;
    std::vector<Table> prepared_;
};

void create_old_contacts() {
    ScratchDatabase::shared().query(
        "CREATE TABLE contacts ([$id] nvarchar(50) NOT NULL PRIMARY KEY, [$md5] nvarchar(50), "
        "[$status_detail] nvarchar(1), [amount] nvarchar(50), [$changed] nvarchar(50))");
}

TEST_F(SqlServerTables, ColumnsOfOneCharacterAreWidenedAtTheStart) {
    create_old_contacts();
    start(contacts_);
    EXPECT_EQ(value("SELECT CHARACTER_MAXIMUM_LENGTH FROM INFORMATION_SCHEMA.COLUMNS WHERE "
                    "TABLE_NAME = N'contacts' AND COLUMN_NAME = N'$status_detail'"),
              "-1");
    const std::string detail = "größer als ein Zeichen 😀";
    load(one(contacts_,
             {{"$id", text("c1")}, {"$status_detail", text(detail)}, {"amount", number("12.50")}}));
    EXPECT_EQ(value("SELECT [$status_detail] FROM contacts"), detail);
    EXPECT_EQ(value("SELECT [amount] FROM contacts"), "12.50");
    EXPECT_EQ(value("SELECT COUNT(*) FROM ringtail_rejects"), "0");
    const auto again = load(
        one(contacts_,
            {{"$id", text("c1")}, {"$status_detail", text(detail)}, {"amount", number("12.50")}}),
        kSecond);
    EXPECT_EQ(again[0].unchanged, 1U);
}

TEST_F(SqlServerTables, AColumnOfOneCharacterInAnIndexGetsWhatTheIndexTakes) {
    create_old_contacts();
    sql("CREATE INDEX by_detail ON contacts ([$status_detail])");
    start(contacts_);
    EXPECT_EQ(value("SELECT CHARACTER_MAXIMUM_LENGTH FROM INFORMATION_SCHEMA.COLUMNS WHERE "
                    "TABLE_NAME = N'contacts' AND COLUMN_NAME = N'$status_detail'"),
              "450");
}

TEST_F(SqlServerTables, AKeyThatDiffersOnlyInCaseIsARejectWhereTheTableIgnoresCase) {
    if (value("SELECT CASE WHEN N'a' = N'A' THEN 1 ELSE 0 END") != "1")
        GTEST_SKIP() << "NOT RUN: the server's collation tells case";
    create_old_contacts();
    start(contacts_);
    std::vector<Batch> batches;
    batches.emplace_back(contacts_);
    for (const char* id : {"abc", "ABC", "other"}) put(batches[0], {{"$id", text(id)}});
    auto stats = load(batches);
    EXPECT_EQ(stats[0].inserted, 2U);
    EXPECT_EQ(stats[0].rejected, 1U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM contacts"), "2");
    stats = load(batches, kSecond);
    EXPECT_EQ(stats[0].inserted, 0U);
    EXPECT_EQ(stats[0].unchanged, 2U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM ringtail_rejects"), "1");
}

TEST_F(SqlServerTables, ChangesOfCaseAndOfBlanksAreChanges) {
    create_old_contacts();
    start(contacts_);
    for (const char* md5 : {"abc", "ABC", "ABC ", "ÄBC "}) {
        load(one(contacts_, {{"$id", text("c1")}, {"$md5", text(md5)}}), kFirst);
        EXPECT_EQ(value("SELECT [$md5] FROM contacts"), md5);
    }
}

TEST_F(SqlServerTables, TriggersDoNotChangeTheCounts) {
    create_old_contacts();
    sql("CREATE TABLE audit (id nvarchar(50))");
    sql("CREATE TRIGGER contacts_audit ON contacts AFTER INSERT AS BEGIN INSERT INTO audit SELECT "
        "[$id] FROM inserted; INSERT INTO audit SELECT [$id] FROM inserted; END");
    start(contacts_);
    EXPECT_EQ(load(one(contacts_, {{"$id", text("c1")}}))[0].inserted, 1U);
    EXPECT_EQ(value("SELECT COUNT(*) FROM audit"), "2");
}

TEST_F(SqlServerTables, TheInspectorSeesThemAndTriesItsRights) {
    create_old_contacts();
    sql("INSERT INTO contacts ([$id], [$md5]) VALUES (N'1', N'0123456789 '), (N'2', N'x')");
    const auto inspector = make_sqlserver_inspector(ScratchDatabase::shared().url());
    EXPECT_NE(inspector->describe(), "");
    EXPECT_EQ(inspector->columns("contacts").size(), 5U);
    EXPECT_TRUE(inspector->columns("nothing").empty());
    const std::vector<TextLength> lengths{{"$md5", 11}, {"$md5", 1}, {"$md5", 50}};
    EXPECT_EQ(inspector->count_texts("contacts", lengths), (std::vector<std::uint64_t>{1, 1, 0}));
    EXPECT_EQ(inspector->count_md5_ids("contacts", "$id", "$id", "$md5"), 0U);
    const std::vector<std::string> tables{"contacts", "nothing"};
    EXPECT_NO_THROW(inspector->try_rights(tables));
    EXPECT_EQ(value("SELECT COUNT(*) FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME LIKE "
                    "N'ringtail check%'"),
              "0");
}

}  // namespace
}  // namespace ringtail::test
