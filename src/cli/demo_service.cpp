#include "cli/demo_service.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "base/error.hpp"

namespace ringtail::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kWaits = 500;  // × 20 ms for the service to get ready

std::string find_program(const std::string& name) {
    std::error_code ignored;
    std::vector<fs::path> folders{fs::read_symlink("/proc/self/exe", ignored).parent_path()};
    const char* path = std::getenv("PATH");
    std::istringstream parts(path == nullptr ? "" : path);
    for (std::string folder; std::getline(parts, folder, ':');) folders.emplace_back(folder);
    for (const fs::path& folder : folders) {
        const fs::path candidate = folder / name;
        if (::access(candidate.c_str(), X_OK) == 0) return candidate.string();
    }
    throw Error(Fault::config, fmt::format("the demo needs the program {}", name))
        .with_hint("Put it beside the ringtail program; `make build` makes both.");
}

pid_t start(const std::vector<std::string>& words) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    // Only what is safe between fork and exec. Ctrl-C is for ringtail alone, which then ends this.
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(::open("/dev/null", O_WRONLY), STDOUT_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == parent) ::execv(argv[0], argv.data());
    ::_exit(127);
}

}  // namespace

DemoService::DemoService(const std::string& folder, std::uint64_t contacts, Clock& clock) {
    const std::string ready = folder + "/ringtail-sim.port";
    fs::remove(ready);
    pid_ = start({find_program("ringtail-sim"), "--port", "0", "--ready-file", ready, "--token",
                  kToken, "--campaign", kCampaign, "--contacts", std::to_string(contacts), "--odd",
                  "0.01", "--changes-per-second", "20"});
    if (pid_ < 0) throw Error(Fault::config, "cannot start another process");
    std::string port;
    for (int i = 0; i < kWaits && port.empty(); ++i) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0) {
            pid_ = -1;
            break;
        }
        std::ifstream(ready) >> port;
        if (port.empty()) clock.sleep(std::chrono::milliseconds(20), {});
    }
    fs::remove(ready);
    if (port.empty()) {
        end();
        throw Error(Fault::config, "the stand-in service did not start");
    }
    url_ = "http://127.0.0.1:" + port;
}

DemoService::~DemoService() { end(); }

void DemoService::end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

}  // namespace ringtail::cli
