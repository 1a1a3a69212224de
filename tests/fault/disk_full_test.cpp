// A real full disk: the database lies on a tmpfs that is too small, which is made larger while the
// program waits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <filesystem>
#include <iostream>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kDoneWithRejects = 3;

// A file system of this size at a folder, while it lives.
class SmallDisk {
  public:
    SmallDisk(std::string folder, const std::string& size) : folder_(std::move(folder)) {
        std::filesystem::create_directory(folder_);
        mounted_ = ::mount("tmpfs", folder_.c_str(), "tmpfs", 0, ("size=" + size).c_str()) == 0;
    }
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    bool is_there() const { return mounted_; }
    void resize(const std::string& size) const {
        const std::string option = "size=" + size;
        ASSERT_EQ(::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, option.c_str()), 0);
    }

  private:
    std::string folder_;
    bool mounted_ = false;
};

TEST(DiskFull, IsSaidAndTheLoadGoesOnWhenThereIsRoom) {
    Scene scene(DatabaseKind::sqlite, odd_campaign(3000));
    const SmallDisk disk(scene.folder() + "/small", "2m");
    if (!disk.is_there()) {
        std::cout << "NOT RUN: mounting a tmpfs needs root and CAP_SYS_ADMIN\n";
        GTEST_SKIP() << "mounting a tmpfs needs root and CAP_SYS_ADMIN";
    }
    scene.move_database("small/scene.db");
    auto process = scene.start({"--once", "--rows-per-load", "2000"});
    while (process->err_so_far().find("trying again") == std::string::npos)
        ASSERT_FALSE(process->ended_within(std::chrono::milliseconds(5))) << process->out_so_far();
    EXPECT_THAT(process->err_so_far(), HasSubstr("full"));
    disk.resize("256m");
    const auto done = process->wait();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

}  // namespace
}  // namespace ringtail::fault
