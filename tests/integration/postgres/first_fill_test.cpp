#include <atomic>
#include <future>

#include "contract/star.hpp"
#include "integration/postgres/fixture.hpp"

// Foreign keys that new tables get at the end of the first load, as the server shows them.
namespace ringtail::test {
namespace {

using contract::kAccount;
using contract::kDate;
using contract::small_star;
using contract::star;
using contract::star_batches;

class PostgresFirstFill : public PostgresTest {
  protected:
    std::vector<Table> begin() {
        auto tables = destination_->prepare_to_fill(star());
        destination_->streams().hold(kStream, holder_);
        load(small_star(tables));
        return tables;
    }
    // "proven/all".
    std::string keys() {
        return value(
            "SELECT count(*) FILTER (WHERE convalidated) || '/' || count(*) FROM pg_constraint "
            "WHERE contype = 'f'");
    }
    // Those of the facts but the primary key.
    std::string indexes() {
        return value(
            "SELECT count(*) FROM pg_index WHERE indrelid = 'ck_facts'::regclass AND NOT "
            "indisprimary");
    }
    std::string comment() { return value("SELECT obj_description('ck_facts'::regclass)"); }
};

TEST_F(PostgresFirstFill, KeysComeAtItsEnd) {
    begin();
    EXPECT_EQ(keys(), "0/0");
    EXPECT_EQ(indexes(), "0");
    EXPECT_EQ(
        comment(),
        "Created by Ringtail; its foreign keys and indexes are added at the end of the first load");
    destination_->finish({});
    EXPECT_EQ(keys(), "2/2");
    EXPECT_EQ(indexes(), "3");  // the unique key begins with accounts_id
    EXPECT_EQ(comment(), "Created by Ringtail");
    EXPECT_EQ(value("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname LIKE "
                    "'%dates_id%'"),
              "FOREIGN KEY (dates_id) REFERENCES gen_dates(id) ON DELETE CASCADE");
}

// What an index cannot hold is a reject, also before there is one.
TEST_F(PostgresFirstFill, TextsOfIndexedColumnsAreAsShortAsEver) {
    const auto tables = begin();
    EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE indrelid = 'gen_accounts'::regclass"),
              "1");
    auto batches = star_batches(tables);
    contract::put_fact(batches[2], "10", std::string(1'400, 'x'), "1");
    EXPECT_EQ(load(batches, kSecond)[2].rejected, 1U);
    destination_->finish({});
    EXPECT_EQ(value("SELECT count(*) FROM pg_index WHERE indrelid = 'gen_accounts'::regclass AND "
                    "indisunique"),
              "2");
    EXPECT_EQ(value("SELECT call_id IS NULL FROM ck_facts WHERE id = 10"), "t");
}

// Rows of another program beside ours: said with what to do, and mended by it.
TEST_F(PostgresFirstFill, TwoRowsOfOneUniqueKeyAreAnErrorThatNamesIt) {
    begin();
    sql("INSERT INTO gen_accounts (id, account_id) SELECT 5, account_id FROM gen_accounts LIMIT 1");
    Error error = error_of([&] { destination_->finish({}); });
    for (int again = 0; again < 2; ++again) {
        EXPECT_THAT(error.what(), ::testing::HasSubstr("gen_accounts"));
        EXPECT_THAT(error.what(), ::testing::HasSubstr("account_id"));
        EXPECT_THAT(error.hint(), ::testing::HasSubstr("Delete it"));
        error = error_of([&] { open()->prepare(star()); });
    }
    sql("DELETE FROM gen_accounts WHERE id = 5");
    destination_->prepare(star());
    EXPECT_EQ(keys(), "2/2");
}

TEST_F(PostgresFirstFill, KeysComeAtOnceWithoutIt) {
    destination_->prepare(star());
    EXPECT_EQ(keys(), "2/2");
}

TEST_F(PostgresFirstFill, KeysComeAlsoWhenTheRunIsStopped) {
    begin();
    std::stop_source stop;
    stop.request_stop();
    destination_->finish(stop.get_token());
    EXPECT_EQ(keys(), "2/2");
}

// A run that was killed: whoever prepares the tables next adds them, before it loads.
TEST_F(PostgresFirstFill, KeysComeWithTheNextPrepare) {
    begin();
    destination_ = open();
    EXPECT_EQ(keys(), "0/0");
    destination_->prepare_to_fill(star());
    EXPECT_EQ(keys(), "2/2");
    EXPECT_EQ(comment(), "Created by Ringtail");
}

TEST_F(PostgresFirstFill, KilledBetweenAddingAKeyAndProvingIt) {
    begin();
    destination_ = open();
    sql("ALTER TABLE ck_facts ADD FOREIGN KEY (dates_id) REFERENCES gen_dates (id) ON DELETE "
        "CASCADE NOT VALID");
    destination_->prepare(star());
    EXPECT_EQ(keys(), "2/2");
}

// Other processes that prepare the tables may do it at any time.
TEST_F(PostgresFirstFill, ASecondRunDoesNotWaitForItsEnd) {
    const auto tables = begin();
    const auto other = open();
    other->prepare_to_fill(star());
    EXPECT_EQ(keys(), "2/2");
    EXPECT_EQ(load(small_star(tables), kSecond)[2].unchanged, 2U);
    destination_->finish({});
    EXPECT_EQ(keys(), "2/2");
}

// A transient error in its middle: the run prepares again, and is still the same.
TEST_F(PostgresFirstFill, GoesOnAfterAnError) {
    begin();
    destination_->prepare_to_fill(star());
    EXPECT_EQ(keys(), "0/0");
    destination_->finish({});
    EXPECT_EQ(keys(), "2/2");
}

TEST_F(PostgresFirstFill, IsOverWhereOnlyTheServerCanTell) {
    const auto tables = begin();
    auto batches = star_batches(tables);
    put(batches[2], {{"id", number("11")}, {"dates_id", number("12345")}, {"call_id", text("d")}});
    EXPECT_EQ(load(batches, kSecond)[2].rejected, 1U);
    EXPECT_EQ(keys(), "2/2");
}

// Another program deletes what rows point at: never silent, and not mended by guessing.
TEST_F(PostgresFirstFill, RowsThatPointAtNothingAreAnErrorThatNamesThem) {
    begin();
    sql("DELETE FROM gen_dates");
    Error error = error_of([&] { destination_->finish({}); });
    for (int again = 0; again < 2; ++again) {
        EXPECT_EQ(error.fault(), Fault::data) << error.what();
        EXPECT_THAT(error.what(), ::testing::HasSubstr("ck_facts"));
        EXPECT_THAT(error.what(), ::testing::HasSubstr("gen_dates"));
        const auto select = error.hint().find("SELECT");
        ASSERT_NE(select, std::string::npos) << error.hint();
        const auto rows = sql(error.hint().substr(select, error.hint().find(';') - select));
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0][0], "4611686018427387904");
        error = error_of([&] { open()->prepare(star()); });
    }
    sql("DELETE FROM ck_facts WHERE dates_id IS NOT NULL");
    destination_->prepare(star());
    EXPECT_EQ(keys(), "2/2");
}

TEST_F(PostgresFirstFill, TablesThatWereThereStayAsTheyAre) {
    destination_->prepare(star());
    sql("ALTER TABLE ck_facts DROP CONSTRAINT ck_facts_dates_id_fkey");
    begin();
    destination_->finish({});
    EXPECT_EQ(keys(), "1/1");
}

TEST_F(PostgresFirstFill, WithoutForeignKeysThereAreNone) {
    destination_ = open({.foreign_keys = false});
    begin();
    destination_->finish({});
    destination_->prepare(star());
    EXPECT_EQ(keys(), "0/0");
    EXPECT_EQ(comment(), "Created by Ringtail");
}

TEST_F(PostgresFirstFill, ARoleThatMayNotAlterIsToldWhatToDo) {
    begin();
    const std::string role = make_role("writer");
    sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO " + role);
    destination_ = open_as(role);
    const Error error = error_of([&] { destination_->prepare(star()); });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    const auto statements = error.hint().find("CREATE UNIQUE INDEX");
    ASSERT_NE(statements, std::string::npos) << error.hint();
    sql(error.hint().substr(statements, error.hint().find(" or let") - statements));
    destination_->prepare(star());
    EXPECT_EQ(keys(), "2/2");
    EXPECT_EQ(indexes(), "3");
}

// The service and a command, each with new rows, while the keys are being added.
TEST_F(PostgresFirstFill, LoadsGoOnWhileOthersAddTheKeys) {
    const auto tables = begin();
    std::atomic<bool> done = false;
    auto others = std::async(std::launch::async, [&] {
        while (!done) open()->prepare(star());
    });
    for (int i = 0; i < 50; ++i) {
        auto batches = star_batches(tables);
        contract::put_account(batches[0], std::to_string(100 + i), std::to_string(100 + i));
        contract::put_fact(batches[2], std::to_string(100 + i), "call " + std::to_string(i), "1");
        EXPECT_EQ(load(batches)[2].inserted, 1U);
    }
    done = true;
    others.get();
    destination_->finish({});
    EXPECT_EQ(keys(), "2/2");
    EXPECT_EQ(value("SELECT count(*) FROM ck_facts"), "52");
}

}  // namespace
}  // namespace ringtail::test
