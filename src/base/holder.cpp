#include "base/holder.hpp"

#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <vector>

namespace ringtail {
namespace {

std::string first_line(const std::string& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::string pid_namespace() {
    std::array<char, 64> target{};
    const ssize_t length = ::readlink("/proc/self/ns/pid", target.data(), target.size() - 1);
    return length > 0 ? std::string(target.data(), static_cast<std::size_t>(length)) : "?";
}

std::string host_name() {
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? std::string(name.data()) : "?";
}

// Field 22 of /proc/PID/stat: the process's start in clock ticks since boot; empty when there is no
// such process.
std::string start_time(const std::string& pid) {
    const std::string stat = first_line("/proc/" + pid + "/stat");
    const auto name_end = stat.rfind(')');  // the name may hold blanks
    if (name_end == std::string::npos) return {};
    std::istringstream fields(stat.substr(name_end + 1));
    std::string field;
    for (int number = 3; number <= 22; ++number) {
        if (!(fields >> field)) return {};
        if (number == 3 && (field == "Z" || field == "X")) return {};  // dead, not yet collected
    }
    return field;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == '/')
            parts.emplace_back();
        else
            parts.back() += c;
    }
    return parts;
}

struct Own {
    pid_t process = ::getpid();
    std::string name = read();

    std::string read() const {
        const std::string pid = std::to_string(process);
        return host_name() + "/" + first_line("/proc/sys/kernel/random/boot_id") + "/" +
               pid_namespace() + "/" + pid + "/" + start_time(pid);
    }
};

}  // namespace

std::string this_holder() {
    // Asked for by every run and of every lease, and it costs four files.
    static const Own own;
    return own.process == ::getpid() ? own.name : Own().name;  // the other: a forked child
}

bool is_dead(std::string_view holder) {
    const std::string own = this_holder();
    if (holder == own) return false;
    const auto parts = split(holder);
    const auto ours = split(own);
    if (parts.size() != 5 || ours.size() != 5) return false;
    if (parts[0] != ours[0] || parts[1] != ours[1] || parts[2] != ours[2]) return false;
    return start_time(parts[3]) != parts[4];
}

std::string describe_holder(std::string_view holder) {
    const auto parts = split(holder);
    if (parts.size() != 5) return std::string(holder);
    return "process " + parts[3] + " on host " + parts[0];
}

}  // namespace ringtail
