#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "contract/fixture.hpp"
#include "contract/sqlite/subject.hpp"

// Destinations of one factory share their connections to the file, and what they know of it.
namespace ringtail::contract {
namespace {

class SqliteShared : public ::testing::Test {
  protected:
    // As a run does, which begins with prepare().
    Table prepare() {
        destination_ = factory_();
        const auto prepared = destination_->prepare(std::vector{contacts_});
        destination_->streams().hold(kStream, holder_);
        return prepared.at(0);
    }

    TableStats load(const std::string& id, const std::string& name) {
        const auto batches = one(contacts_, {{"$id", text(id)}, {"name", text(name)}});
        const Checkpoint after{"at " + id};
        return destination_->load({batches, {}, {}, kStream, holder_, &after, kFirst}, {}).at(0);
    }

    std::string ask(const std::string& sql) { return PlainSqlite(subject_.path()).one(sql); }
    std::optional<std::string> fingerprint(const std::string& id) {
        return destination_->fingerprints(contacts_, std::vector{id}).at(0);
    }

    const Table contacts_ = contacts_table();
    SqliteSubject subject_;
    std::unique_ptr<Logger> log_ = make_null_logger();
    const DestinationFactory factory_ = sqlite_destinations(subject_.path(), {}, *log_);
    std::unique_ptr<Destination> destination_;
    const std::string holder_ = this_holder();
};

TEST_F(SqliteShared, TheSecondFindsWhatTheFirstHasMade) {
    EXPECT_TRUE(prepare().created);
    EXPECT_EQ(load("c1", "one").inserted, 1U);
    const Table again = prepare();
    EXPECT_FALSE(again.created);
    EXPECT_EQ(again.columns, contacts_.columns);
    EXPECT_EQ(destination_->streams().checkpoint(kStream), Checkpoint{"at c1"});
    EXPECT_EQ(load("c1", "one").unchanged, 1U);
    EXPECT_EQ(load("c2", "two").inserted, 1U);
}

TEST_F(SqliteShared, WhoLooksUpDoesNotWaitForALoadThatTakesLong) {
    prepare();
    load("c1", "one");
    const auto print = fingerprint("c1");
    PlainSqlite other(subject_.path());
    other.run("BEGIN IMMEDIATE");
    std::jthread loading([&] { EXPECT_EQ(load("c2", "two").inserted, 1U); });
    const auto asking = factory_();
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(asking->fingerprints(contacts_, std::vector{std::string("c1")}).at(0), print);
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    other.run("COMMIT");
    loading.join();
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), "2");
}

TEST_F(SqliteShared, ATableThatWasDroppedBetweenTwoRunsIsMadeAgain) {
    prepare();
    load("c1", "one");
    PlainSqlite(subject_.path()).run("DROP TABLE df_contacts");
    EXPECT_TRUE(prepare().created);
    EXPECT_EQ(load("c2", "two").inserted, 1U);
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), "1");
}

TEST_F(SqliteShared, OwnTablesThatWereDroppedAreMadeAgain) {
    prepare();
    load("c1", "one");
    PlainSqlite(subject_.path())
        .run("DROP TABLE ringtail_checkpoints; DROP TABLE ringtail_rejects");
    prepare();
    EXPECT_EQ(destination_->streams().checkpoint(kStream), std::nullopt);
    EXPECT_EQ(load("c1", "two").updated, 1U);
    EXPECT_EQ(ask("SELECT count(*) FROM ringtail_rejects"), "0");
}

TEST_F(SqliteShared, AColumnThatWasDroppedBetweenTwoRunsIsMadeAgain) {
    prepare();
    load("c1", "one");
    PlainSqlite(subject_.path()).run("ALTER TABLE df_contacts DROP COLUMN name");
    EXPECT_EQ(prepare().columns, contacts_.columns);
    EXPECT_EQ(load("c1", "two").updated, 1U);
    EXPECT_EQ(ask("SELECT name FROM df_contacts"), "two");
}

TEST_F(SqliteShared, AColumnThatNowIsThereIsFilled) {
    Table wanted = contacts_;
    Column field;
    field.name = "later";
    field.only_if_present = true;
    wanted.columns.push_back(field);
    for (int run = 0; run < 2; ++run) {
        destination_ = factory_();
        const auto prepared = destination_->prepare(std::vector{wanted});
        EXPECT_EQ(prepared.at(0).columns, contacts_.columns);
    }
    PlainSqlite(subject_.path()).run("ALTER TABLE df_contacts ADD COLUMN later TEXT");
    EXPECT_EQ(destination_->prepare(std::vector{wanted}).at(0).columns, wanted.columns);
}

TEST_F(SqliteShared, AFileThatWasRemovedIsMadeAgain) {
    prepare();
    load("c1", "one");
    EXPECT_NE(fingerprint("c1"), std::nullopt);
    std::filesystem::remove(subject_.path());
    EXPECT_TRUE(prepare().created);
    EXPECT_EQ(fingerprint("c1"), std::nullopt);
    EXPECT_EQ(destination_->streams().checkpoint(kStream), std::nullopt);
    EXPECT_EQ(load("c2", "two").inserted, 1U);
    EXPECT_EQ(ask("SELECT group_concat(\"$id\") FROM df_contacts"), "c2");
    EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
}

// The log of what was loaded last lies beside the file still when another one takes its name.
TEST_F(SqliteShared, AFileThatWasReplacedIsTakenAsItStands) {
    prepare();
    load("c1", "one");
    const std::string other = subject_.folder() + "/backup.db";
    PlainSqlite(subject_.path()).run("VACUUM INTO '" + other + "'");
    load("c2", "two");
    std::filesystem::rename(subject_.path(), subject_.folder() + "/old.db");
    std::filesystem::rename(other, subject_.path());

    EXPECT_FALSE(prepare().created);
    EXPECT_EQ(destination_->streams().checkpoint(kStream), Checkpoint{"at c1"});
    EXPECT_EQ(fingerprint("c2"), std::nullopt);
    EXPECT_EQ(load("c3", "three").inserted, 1U);
    EXPECT_EQ(ask("SELECT group_concat(\"$id\") FROM df_contacts"), "c1,c3");
    EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
    PlainSqlite old(subject_.folder() + "/old.db");
    EXPECT_EQ(old.one("SELECT group_concat(\"$id\") FROM df_contacts"), "c1,c2");
    EXPECT_EQ(old.one("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteShared, AfterAnErrorNothingIsTakenAsKnown) {
    prepare();
    PlainSqlite(subject_.path()).run("DROP TABLE df_contacts");
    const Error error = error_of([&] { load("c1", "one"); });
    EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    EXPECT_TRUE(prepare().created);
    EXPECT_EQ(load("c1", "one").inserted, 1U);
}

// More threads than there are connections, each with streams and rows of its own.
TEST_F(SqliteShared, ManyThreadsLoadAtOnce) {
    constexpr int kThreads = 16, kLoads = 20;
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            const std::string stream = "stream " + std::to_string(t);
            for (int i = 0; i < kLoads; ++i) {
                const auto destination = factory_();
                destination->prepare(std::vector{contacts_});
                destination->streams().hold(stream, holder_);
                const std::string id = std::to_string(t) + "/" + std::to_string(i);
                EXPECT_EQ(destination->fingerprints(contacts_, std::vector{id}).at(0),
                          std::nullopt);
                const auto batches = one(contacts_, {{"$id", text(id)}});
                const Checkpoint after{id};
                destination->load({batches, {}, {}, stream, holder_, &after, kFirst}, {});
                EXPECT_EQ(destination->streams().checkpoint(stream), after);
                destination->streams().release(stream, holder_);
            }
        });
    }
    threads.clear();
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), std::to_string(kThreads * kLoads));
    EXPECT_EQ(ask("SELECT count(*) FROM ringtail_checkpoints WHERE holder IS NULL"),
              std::to_string(kThreads));
}

}  // namespace
}  // namespace ringtail::contract
