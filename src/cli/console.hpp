#pragma once
#include <cstdio>
#include <mutex>
#include <string>
#include <string_view>

namespace ringtail::cli {

// What the user sees. Whole lines, safe from any thread. Writing never fails: a reader that has
// gone away must not stop a run.
class Console {
  public:
    struct Streams {
        std::FILE* out = stdout;
        std::FILE* err = stderr;
    };
    Console();  // stdout and stderr
    explicit Console(Streams streams);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    void out(std::string_view line);
    void err(std::string_view line);
    // A line on the terminal that the next one replaces. Only where out is a terminal.
    void status(std::string_view line);
    bool is_terminal() const { return terminal_; }

  private:
    void write(std::FILE* to, std::string_view line);

    Streams streams_;
    bool terminal_;
    bool status_shown_ = false;
    std::mutex mutex_;
};

}  // namespace ringtail::cli
