#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "contract/fixture.hpp"
#include "contract/sqlite/subject.hpp"

// What may go wrong with a file: each error says what to do, and what was stored stays.
namespace ringtail::contract {
namespace {

class SqliteFaults : public ::testing::Test {
  protected:
    void start() {
        destination_ = subject_.open({});
        destination_->prepare(std::vector{contacts_});
        destination_->streams().hold(kStream, holder_);
    }

    TableStats load(int from, int to, const std::string& checkpoint) {
        std::vector<Batch> batches;
        batches.emplace_back(contacts_);
        for (int i = from; i < to; ++i) {
            put(batches[0],
                {{"$id", text("c" + std::to_string(i))}, {"name", text(std::string(500, 'x'))}});
        }
        const Checkpoint after{checkpoint};
        return destination_->load({batches, {}, {}, kStream, holder_, &after, kFirst}, {}).at(0);
    }

    std::string ask(const std::string& sql) { return PlainSqlite(subject_.path()).one(sql); }
    std::unique_ptr<Destination> at_path(const std::string& path) {
        return make_sqlite(path, {}, *log_);
    }

    const Table contacts_ = contacts_table();
    SqliteSubject subject_;
    std::unique_ptr<Logger> log_ = make_null_logger();
    std::unique_ptr<Destination> destination_;
    const std::string holder_ = this_holder();
};

TEST_F(SqliteFaults, PathsThatCannotBeAreConfigErrorsWithThePath) {
    std::ofstream(subject_.folder() + "/text.txt") << std::string(4096, 'x');
    std::filesystem::create_directory(subject_.folder() + "/folder");
    for (const char* name : {"/missing/ringtail.db", "/text.txt", "/folder", "/text.txt/below"}) {
        const std::string path = subject_.folder() + name;
        SCOPED_TRACE(path);
        auto destination = at_path(path);
        const Error error = error_of([&] { destination->prepare(std::vector{contacts_}); });
        EXPECT_EQ(error.fault(), Fault::config) << error.what();
        EXPECT_NE(std::string(error.what()).find(path), std::string::npos) << error.what();
        EXPECT_FALSE(error.hint().empty());
    }
    for (const char* name : {"", ":memory:"}) {
        EXPECT_EQ(error_of([&] { at_path(name)->prepare({}); }).fault(), Fault::config);
    }
}

TEST_F(SqliteFaults, AFileThatIsBeingWrittenToIsATransientError) {
    start();
    PlainSqlite other(subject_.path());
    other.run("BEGIN IMMEDIATE");
    const Error error = error_of([&] { load(0, 1, "one"); });
    EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    EXPECT_EQ(destination_->fingerprints(contacts_, std::vector<std::string>{"c0"})[0],
              std::nullopt)
        << "reading goes on";
    other.run("COMMIT");
    EXPECT_EQ(load(0, 1, "one").inserted, 1U);
}

TEST_F(SqliteFaults, ADamagedFileIsAConfigError) {
    start();
    load(0, 500, "one");
    destination_.reset();
    std::fstream file(subject_.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(4096 * 20, '\x5a');
    file.close();
    destination_ = subject_.open({});
    const Error error = error_of([&] {
        destination_->prepare(std::vector{contacts_});
        destination_->streams().hold(kStream, holder_);
        load(0, 500, "two");
    });
    EXPECT_EQ(error.fault(), Fault::config) << error.what();
    EXPECT_NE(error.hint().find("backup"), std::string::npos) << error.hint();
}

// A limit on file sizes stands for the full disk: the write fails in the same place.
TEST_F(SqliteFaults, WithoutRoomTheLoadFailsAndGoesOnWhenThereIsRoom) {
    start();
    load(0, 100, "one");
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
    rlimit small = before;
    small.rlim_cur = 400'000;
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const Error error = error_of([&] { load(100, 5'000, "two"); });
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, old_handler);
    EXPECT_EQ(error.fault(), Fault::transient) << error.what();
    EXPECT_NE(error.hint().find("What is stored stays"), std::string::npos) << error.hint();
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), "100");
    EXPECT_EQ(destination_->streams().checkpoint(kStream), Checkpoint{"one"});
    EXPECT_EQ(load(100, 5'000, "two").inserted, 4'900U);
    EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
}

TEST_F(SqliteFaults, ARuleOfTheUsersTableIsADataError) {
    start();
    PlainSqlite(subject_.path())
        .run(
            "ALTER TABLE df_contacts ADD COLUMN own TEXT NOT NULL DEFAULT 'x' CHECK (\"count\" < "
            "10)");
    const auto batches = one(contacts_, {{"$id", text("c1")}, {"count", number("11")}});
    const Error error = error_of([&] {
        destination_->load({batches, {}, {}, kStream, holder_, nullptr, kFirst}, {});
    });
    EXPECT_EQ(error.fault(), Fault::data) << error.what();
    EXPECT_NE(std::string(error.what()).find("df_contacts"), std::string::npos) << error.what();
    EXPECT_EQ(load(0, 1, "one").inserted, 1U);
}

TEST_F(SqliteFaults, ATableThatIsDroppedUnderUsIsMadeAgain) {
    start();
    load(0, 1, "one");
    PlainSqlite(subject_.path()).run("DROP TABLE df_contacts");
    const Error error = error_of([&] { load(1, 2, "two"); });
    EXPECT_EQ(error.fault(), Fault::transient) << "prepare() mends it";
    EXPECT_NE(std::string(error.what()).find("df_contacts"), std::string::npos) << error.what();
    EXPECT_TRUE(destination_->prepare(std::vector{contacts_})[0].created);
    EXPECT_EQ(load(1, 2, "two").inserted, 1U);
}

// The load waits for another writer when the stop comes.
TEST_F(SqliteFaults, AStopRequestDuringALoadRollsBack) {
    start();
    std::stop_source stop;
    const auto batches = one(contacts_, {{"$id", text("c1")}});
    PlainSqlite other(subject_.path());
    other.run("BEGIN IMMEDIATE");
    std::jthread stopper([&] {
        stop.request_stop();
        other.run("COMMIT");
    });
    const Error error = error_of([&] {
        destination_->load({batches, {}, {}, kStream, holder_, nullptr, kFirst}, stop.get_token());
    });
    EXPECT_EQ(error.fault(), Fault::stopped);
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), "0");
}

// The process dies at each failpoint of a load; the file then holds the load as a whole or nothing
// of it, and the lease of the dead is taken over.
class SqliteKilled : public SqliteFaults, public ::testing::WithParamInterface<const char*> {};

TEST_P(SqliteKilled, LeavesAWholeLoadOrNone) {
    start();
    load(0, 100, "one");
    destination_->streams().release(kStream, holder_);
    destination_.reset();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        ::setenv("RINGTAIL_FAILPOINT", GetParam(), 1);
        ::setenv("RINGTAIL_TEST_DATABASE", subject_.path().c_str(), 1);
        ::execl("/proc/self/exe", "killed", "--gtest_also_run_disabled_tests",
                "--gtest_filter=SqliteVictim.DISABLED_LoadsOnce", nullptr);
        ::_exit(127);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        << "the failpoint was not reached";

    const bool committed = std::string(GetParam()) == "commit_done";
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), committed ? "1000" : "100");
    EXPECT_EQ(ask("PRAGMA integrity_check"), "ok");
    start();  // takes the lease of the dead process
    EXPECT_EQ(destination_->streams().checkpoint(kStream), Checkpoint{committed ? "two" : "one"});
    const TableStats again = load(50, 1'000, "two");
    EXPECT_EQ(again.inserted, committed ? 0U : 900U);
    EXPECT_EQ(again.unchanged, committed ? 950U : 50U);
    EXPECT_EQ(ask("SELECT count(*) FROM df_contacts"), "1000");
}

INSTANTIATE_TEST_SUITE_P(At, SqliteKilled,
                         ::testing::Values("stage_sent", "merge_done", "commit_sent",
                                           "commit_done"),
                         [](const auto& point) { return std::string(point.param); });

// Not a test: what the test above runs in another process.
TEST(SqliteVictim, DISABLED_LoadsOnce) {
    const char* path = std::getenv("RINGTAIL_TEST_DATABASE");
    ASSERT_NE(path, nullptr);
    const auto log = make_null_logger();
    const auto destination = make_sqlite(path, {}, *log);
    const Table contacts = contacts_table();
    destination->streams().hold(kStream, this_holder());
    std::vector<Batch> batches;
    batches.emplace_back(contacts);
    for (int i = 50; i < 1'000; ++i) {
        put(batches[0],
            {{"$id", text("c" + std::to_string(i))}, {"name", text(std::string(500, 'x'))}});
    }
    const Checkpoint after{"two"};
    const std::string holder = this_holder();
    destination->load({batches, {}, {}, kStream, holder, &after, kFirst}, {});
}

}  // namespace
}  // namespace ringtail::contract
