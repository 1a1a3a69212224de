#include "destination/sqlserver/freetds_conf.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>

#include "base/error.hpp"

namespace ringtail::sqlserver {
namespace {

namespace fs = std::filesystem;

class Conf {
  public:
    Conf() {
        std::string folder = (fs::temp_directory_path() / "ringtail-freetds-XXXXXX").string();
        if (::mkdtemp(folder.data()) == nullptr) fail();
        folder_ = folder;
        ::setenv("FREETDSCONF", file().c_str(), 1);
    }
    ~Conf() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }
    Conf(const Conf&) = delete;
    Conf& operator=(const Conf&) = delete;

    std::string name_of(const std::string& section) {
        const std::lock_guard lock(mutex_);
        const auto found = names_.find(section);
        if (found != names_.end()) return found->second;
        std::string name = "ringtail" + std::to_string(names_.size() + 1);
        std::ofstream out(file(), std::ios::app);
        out << "[" << name << "]\n" << section;
        out.close();
        if (!out) fail();
        names_.emplace(section, name);
        return name;
    }

  private:
    fs::path file() const { return folder_ / "freetds.conf"; }
    [[noreturn]] static void fail() {
        throw Error(Fault::config, "the configuration for FreeTDS cannot be written in " +
                                       fs::temp_directory_path().string())
            .with_hint("Make room there, or name another folder by TMPDIR.");
    }

    std::mutex mutex_;
    fs::path folder_;
    std::map<std::string, std::string> names_;
};

}  // namespace

std::string freetds_section_name(const std::string& section) {
    static Conf conf;
    return conf.name_of(section);
}

}  // namespace ringtail::sqlserver
