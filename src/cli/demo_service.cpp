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

#include "base/error.hpp"

namespace ringtail::cli {
namespace {

namespace fs = std::filesystem;

constexpr int kWaits = 500;  // × 20 ms for a service to get ready

std::string dialfire_file(const std::string& folder) { return folder + "/ringtail-sim.port"; }
std::string callkeeper_file(const std::string& folder) { return folder + "/callkeeper-sim.port"; }

std::vector<std::string> sim_words(const std::string& folder, std::uint64_t contacts) {
    return {find_program("ringtail-sim"),
            "--port",
            "0",
            "--ready-file",
            dialfire_file(folder),
            "--token",
            DemoService::kToken,
            "--campaign",
            DemoService::kCampaign,
            "--contacts",
            std::to_string(contacts),
            "--odd",
            "0.01",
            "--changes-per-second",
            "20",
            "--callkeeper-port",
            "0",
            "--callkeeper-ready-file",
            callkeeper_file(folder),
            "--callkeeper-key",
            DemoService::kKey,
            "--calls-per-day",
            "250",
            "--calls-from",
            "today-6",
            "--call-days",
            "7"};
}

}  // namespace

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

Companion::Companion(const std::vector<std::string>& words, const std::string& out_file) {
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t parent = ::getpid();
    pid_ = ::fork();
    if (pid_ < 0) throw Error(Fault::config, "cannot start another process");
    if (pid_ > 0) return;
    // Only what is safe between fork and exec. Ctrl-C is for ringtail alone, which then ends this.
    ::setpgid(0, 0);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(::open(out_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), STDOUT_FILENO);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() == parent) ::execv(argv[0], argv.data());
    ::_exit(127);
}

Companion::~Companion() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

bool Companion::has_ended() {
    if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
    return pid_ < 0;
}

std::string wait_for_line(const std::string& file, Companion& program, Clock& clock) {
    for (int i = 0; i < kWaits && !program.has_ended(); ++i) {
        std::ifstream text(file);
        std::string line;
        if (std::getline(text, line) && (!text.eof() || file.ends_with(".port"))) return line;
        clock.sleep(std::chrono::milliseconds(20), {});
    }
    return {};
}

DemoService::DemoService(const std::string& folder, std::uint64_t contacts, Clock& clock)
    : program_(sim_words(folder, contacts), "/dev/null") {
    url_ = "http://127.0.0.1:" + read_port(dialfire_file(folder), clock);
    calls_url_ = "http://127.0.0.1:" + read_port(callkeeper_file(folder), clock);
}

std::string DemoService::read_port(const std::string& file, Clock& clock) {
    std::string port = wait_for_line(file, program_, clock);
    fs::remove(file);
    if (port.empty()) throw Error(Fault::config, "the stand-in services did not start");
    return port;
}

}  // namespace ringtail::cli
