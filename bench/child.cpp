#include "child.hpp"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace ringtail::bench {
namespace {

pid_t start(std::vector<std::string>& words, int out) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) throw std::runtime_error("fork failed");
    if (pid == 0) {
        ::dup2(out, 1);
        ::execv(argv[0], argv.data());
        ::_exit(127);
    }
    return pid;
}

double seconds(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

Measured measure(std::vector<std::string> words) {
    std::array<int, 2> pipe{};
    if (::pipe(pipe.data()) != 0) throw std::runtime_error("pipe failed");
    const auto begin = std::chrono::steady_clock::now();
    const pid_t pid = start(words, pipe[1]);
    ::close(pipe[1]);
    Measured m;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(pipe[0], buffer.data(), buffer.size())) > 0;) {
        m.out.append(buffer.data(), static_cast<std::size_t>(got));
    }
    ::close(pipe[0]);
    int status = 0;
    rusage usage{};
    ::wait4(pid, &status, 0, &usage);
    m.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    m.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    m.peak_mb = static_cast<double>(usage.ru_maxrss) / 1024;
    m.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return m;
}

std::string sibling(const std::string& name) {
    return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

Sim::Sim(std::vector<std::string> options) {
    const std::string ready = "/tmp/ringtail-bench-port-" + std::to_string(::getpid());
    const std::string callkeeper_ready = ready + "-callkeeper";
    std::filesystem::remove(ready);
    std::vector<std::string> words{
        sibling("ringtail-sim"), "--port", "0", "--ready-file", ready, "--token", "bench"};
    words.insert(words.end(), options.begin(), options.end());
    const bool callkeeper = std::ranges::find(options, "--callkeeper-port") != options.end();
    if (callkeeper) words.insert(words.end(), {"--callkeeper-ready-file", callkeeper_ready});
    pid_ = start(words, 2);
    std::string port;
    while (port.empty()) {
        if (::waitpid(pid_, nullptr, WNOHANG) != 0)
            throw std::runtime_error("ringtail-sim did not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        std::ifstream(ready) >> port;
    }
    std::filesystem::remove(ready);
    url_ = "http://127.0.0.1:" + port;
    if (!callkeeper) return;
    std::ifstream(callkeeper_ready) >> port;  // written before the other
    std::filesystem::remove(callkeeper_ready);
    callkeeper_url_ = "http://127.0.0.1:" + port;
}

Sim::~Sim() {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
}

}  // namespace ringtail::bench
