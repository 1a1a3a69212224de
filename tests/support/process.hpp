#pragma once
#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ringtail::test {

struct Outcome {
    int code = -1;    // exit code; -1 when a signal ended it
    int signal = 0;   // that ended it; 0: none
    std::string out;  // standard output
    std::string err;  // standard error
};

// A program (a path, or a name to be found in PATH) started with these words and additional
// environment. Its outputs are gathered in files. Killed by the destructor.
class Process {
  public:
    Process(std::vector<std::string> words, std::map<std::string, std::string> environment = {},
            std::string folder = {});
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    void send(int signal) const;
    // Waits for its end; after `patience` it is killed and the test fails by std::runtime_error
    // with its outputs.
    Outcome wait(std::chrono::seconds patience = std::chrono::seconds(120));
    // Waits until its end or the given time; true when it has ended.
    bool ended_within(std::chrono::milliseconds time);
    pid_t pid() const { return pid_; }
    std::string out_so_far() const;
    std::string err_so_far() const;

  private:
    pid_t pid_ = -1;
    std::optional<int> status_;
    std::string out_file_, err_file_;
};

Outcome run(std::vector<std::string> words, std::map<std::string, std::string> environment = {},
            std::chrono::seconds patience = std::chrono::seconds(120));

// A new folder below TMPDIR or /tmp, removed with what is in it by the destructor.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace ringtail::test
