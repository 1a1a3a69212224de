#pragma once
#include <sys/mount.h>

#include <filesystem>
#include <string>

namespace ringtail::test {

// A file system in memory, of this size ("2m"), at a new folder, while it lives. Needs root and
// CAP_SYS_ADMIN: is_there() tells whether it could be made.
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
    // Whether it was done.
    bool resize(const std::string& size) const {
        const std::string option = "size=" + size;
        return ::mount("tmpfs", folder_.c_str(), "tmpfs", MS_REMOUNT, option.c_str()) == 0;
    }

  private:
    std::string folder_;
    bool mounted_ = false;
};

}  // namespace ringtail::test
