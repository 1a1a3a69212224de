// A real full disk: the database lies on a tmpfs that is too small, which is made larger while the
// program waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "fault/scene.hpp"
#include "support/small_disk.hpp"

namespace ringtail::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kDoneWithRejects = 3;

TEST(DiskFull, IsSaidAndTheLoadGoesOnWhenThereIsRoom) {
    Scene scene(DatabaseKind::sqlite, odd_campaign(3000));
    const test::SmallDisk disk(scene.folder() + "/small", "2m");
    if (!disk.is_there()) {
        std::cout << "NOT RUN: mounting a tmpfs needs root and CAP_SYS_ADMIN\n";
        GTEST_SKIP() << "mounting a tmpfs needs root and CAP_SYS_ADMIN";
    }
    scene.move_database("small/scene.db");
    auto process = scene.start({"--once", "--rows-per-load", "2000"});
    while (process->err_so_far().find("trying again") == std::string::npos)
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->out_so_far();
    EXPECT_THAT(process->err_so_far(), HasSubstr("full"));
    ASSERT_TRUE(disk.resize("256m"));
    const auto done = process->wait();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

}  // namespace
}  // namespace ringtail::fault
