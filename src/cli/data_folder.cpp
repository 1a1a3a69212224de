#include "cli/data_folder.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"

namespace ringtail::cli {
namespace {

namespace fs = std::filesystem;

std::string lock_file(const std::string& folder) { return folder + "/service.lock"; }

}  // namespace

std::string data_folder(const std::optional<std::string>& given, const Environment& environment) {
    const auto set = [&](std::string_view name) {
        const auto value = environment(name);
        return value && !value->empty() ? value : std::nullopt;
    };
    fs::path path;
    if (given) {
        path = *given;
    } else if (const auto own = set("RINGTAIL_DATA")) {
        path = *own;
    } else if (const auto xdg = set("XDG_DATA_HOME")) {
        path = fs::path(*xdg) / "ringtail";
    } else if (const auto home = set("HOME")) {
        path = fs::path(*home) / ".local/share/ringtail";
    } else {
        throw Error(Fault::config, "there is no place for the data: HOME is not set")
            .with_hint("Name a folder: --data FOLDER.");
    }
    std::error_code problem;
    path = fs::absolute(path, problem);
    if (fs::is_directory(path, problem)) return path.string();
    fs::create_directories(path, problem);
    if (!problem) fs::permissions(path, fs::perms::owner_all, problem);
    if (problem) {
        throw Error(Fault::config, fmt::format("cannot make the data folder {}: {}", path.string(),
                                               problem.message()))
            .with_hint("Name another one: --data FOLDER.");
    }
    return path.string();
}

std::unique_ptr<DataLock> DataLock::take(const std::string& folder) {
    const std::string path = lock_file(folder);
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) {
        throw Error(Fault::config, fmt::format("cannot open {}: {}", path, std::strerror(errno)));
    }
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
        ::close(fd);
        return nullptr;
    }
    const std::string text = fmt::format("process {}\n", ::getpid());
    const bool written = ::ftruncate(fd, 0) == 0 &&
                         ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    static_cast<void>(written);  // only a help for people
    return std::unique_ptr<DataLock>(new DataLock(fd));
}

DataLock::~DataLock() { ::close(fd_); }

std::optional<std::string> service_of(const std::string& folder) {
    const std::string path = lock_file(folder);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    const bool is_free = ::flock(fd, LOCK_SH | LOCK_NB) == 0;
    ::close(fd);
    if (is_free) return std::nullopt;
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return line;
}

}  // namespace ringtail::cli
