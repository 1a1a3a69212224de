#include "support/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace ringtail::test {
namespace {

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string pattern() { return std::filesystem::temp_directory_path() / "ringtail-test-XXXXXX"; }

std::string new_file() {
    std::string path = pattern();
    const int fd = ::mkstemp(path.data());
    if (fd < 0) throw std::runtime_error("mkstemp failed");
    ::close(fd);
    return path;
}

// NAME=value of these variables, and of this program's others.
std::vector<std::string> with_ours(std::map<std::string, std::string> variables) {
    for (char** setting = environ; *setting != nullptr; ++setting) {
        const std::string text = *setting;
        const auto equals = text.find('=');
        if (equals != std::string::npos)
            variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    std::vector<std::string> settings;
    for (const auto& [name, value] : variables) settings.push_back(name + "=" + value);
    return settings;
}

}  // namespace

Process::Process(std::vector<std::string> words, std::map<std::string, std::string> environment,
                 std::string folder)
    : out_file_(new_file()), err_file_(new_file()) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    std::vector<std::string> settings = with_ours(std::move(environment));
    std::vector<char*> envp;
    for (std::string& setting : settings) envp.push_back(setting.data());
    envp.push_back(nullptr);
    // From here to the exec nothing may take memory: another thread may have held its lock.
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    if (!folder.empty() && ::chdir(folder.c_str()) != 0) ::_exit(126);
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(::open(out_file_.c_str(), O_WRONLY | O_TRUNC), 1);
    ::dup2(::open(err_file_.c_str(), O_WRONLY | O_TRUNC), 2);
    ::execvpe(argv[0], argv.data(), envp.data());
    ::_exit(127);
}

Process::~Process() {
    if (!status_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    std::filesystem::remove(out_file_);
    std::filesystem::remove(err_file_);
}

void Process::send(int signal) const {
    if (!status_) ::kill(pid_, signal);
}

bool Process::ended_within(std::chrono::milliseconds time) {
    if (status_) return true;
    const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (fd < 0) throw std::runtime_error("pidfd_open failed");
    pollfd watched{fd, POLLIN, 0};
    const bool ended = ::poll(&watched, 1, static_cast<int>(time.count())) > 0;
    ::close(fd);
    if (!ended) return false;
    int status = 0;
    ::waitpid(pid_, &status, 0);
    status_ = status;
    return true;
}

Outcome Process::wait(std::chrono::seconds patience) {
    if (!ended_within(patience)) {
        send(SIGKILL);
        throw std::runtime_error("the program did not end; it said:\n" + out_so_far() +
                                 err_so_far());
    }
    Outcome outcome;
    if (WIFEXITED(*status_)) outcome.code = WEXITSTATUS(*status_);
    if (WIFSIGNALED(*status_)) outcome.signal = WTERMSIG(*status_);
    outcome.out = out_so_far();
    outcome.err = err_so_far();
    return outcome;
}

std::string Process::out_so_far() const { return content(out_file_); }
std::string Process::err_so_far() const { return content(err_file_); }

Outcome run(std::vector<std::string> words, std::map<std::string, std::string> environment,
            std::chrono::seconds patience) {
    return Process(std::move(words), std::move(environment)).wait(patience);
}

TemporaryFolder::TemporaryFolder() : path_(pattern()) {
    if (::mkdtemp(path_.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace ringtail::test
