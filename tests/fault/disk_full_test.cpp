// Real full disks. The program says so, waits, and goes on when there is room.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <iostream>

#include "fault/scene.hpp"
#include "support/postgres_server.hpp"
#include "support/small_disk.hpp"

namespace ringtail::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

void expect_waits(Scene& scene, const std::function<void()>& make_room) {
    auto process = scene.start({"--once", "--rows-per-load", "2000"});
    while (process->err_so_far().find("trying again") == std::string::npos)
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->out_so_far();
    EXPECT_THAT(process->err_so_far(), HasSubstr("full"));
    make_room();
    const auto done = process->wait();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

class DiskFull : public ::testing::Test {
  protected:
    // A tmpfs that is made larger while the program waits.
    bool can_mount() {
        if (disk_.is_there()) return true;
        std::cout << "NOT RUN: mounting a tmpfs needs root and CAP_SYS_ADMIN\n";
        return false;
    }

    Scene scene_{DatabaseKind::sqlite, odd_campaign(3000)};
    const test::SmallDisk disk_{scene_.folder() + "/small", "2m"};
};

TEST_F(DiskFull, UnderSqlite) {
    if (!can_mount()) GTEST_SKIP() << "mounting a tmpfs needs root and CAP_SYS_ADMIN";
    scene_.use_database(make_sqlite_database(scene_.folder() + "/small/scene.db"));
    expect_waits(scene_, [&] { ASSERT_TRUE(disk_.resize("256m")); });
}

TEST_F(DiskFull, UnderPostgres) {
    if (!can_mount()) GTEST_SKIP() << "mounting a tmpfs needs root and CAP_SYS_ADMIN";
    const std::string folder = scene_.folder() + "/small/space";
    std::filesystem::create_directory(folder);
    const passwd* user = ::getpwnam("postgres");
    ASSERT_EQ(::chmod(scene_.folder().c_str(), 0755), 0);
    ASSERT_EQ(::chown(folder.c_str(), user->pw_uid, user->pw_gid), 0);
    ASSERT_TRUE(disk_.resize("12m"));
    auto& server = test::PostgresServer::shared();
    server.query("postgres", "CREATE TABLESPACE small LOCATION '" + folder + "'");
    scene_.use_database(make_postgres_database("TABLESPACE small"));
    expect_waits(scene_, [&] { ASSERT_TRUE(disk_.resize("256m")); });
    // Tests after this one stop the server at once: what it repeats then must not need this disk.
    const std::string url = scene_.database().url();
    server.query("postgres", "DROP DATABASE " + url.substr(url.rfind('/') + 1) + " WITH (FORCE)");
    server.query("postgres", "DROP TABLESPACE small");
    server.query("postgres", "CHECKPOINT");
}

// InnoDB in two files that do not grow, most of which somebody else's table takes.
TEST(MariadbDisk, IsFullUntilSomebodyMakesRoom) {
    test::MariadbServer server(
        test::MariadbServer::Durability::none,
        {"--innodb-file-per-table=0", "--innodb-data-file-path=ibdata1:12M;more:40M"});
    Scene scene(DatabaseKind::sqlite, odd_campaign(3000));
    scene.use_database(make_mysql_database(server));
    const std::string other = server.create_database();
    server.query(other,
                 "CREATE TABLE filler (text longtext) ENGINE = InnoDB;\n"
                 "INSERT INTO filler SELECT REPEAT('x', 1000000) FROM seq_1_to_30");
    expect_waits(scene, [&] {
        // The program takes what is free for each of its tries; so may need the DROP a few.
        for (bool dropped = false; !dropped;) {
            try {
                server.query(other, "DROP TABLE filler");
                dropped = true;
            } catch (const std::runtime_error& error) {
                ASSERT_THAT(error.what(), HasSubstr("is full"));
            }
        }
    });
}

}  // namespace
}  // namespace ringtail::fault
