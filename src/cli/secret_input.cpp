#include "cli/secret_input.hpp"
#include "base/file.hpp"

#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <iostream>

namespace ringtail::cli {
namespace {

std::string trimmed(std::string text) {
    text.erase(text.find_last_not_of(" \t\r\n") + 1);
    text.erase(0, text.find_first_not_of(" \t\r\n"));
    return text;
}

// The terminal without echo, for as long as this lives.
class Silent {
  public:
    Silent() {
        if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
        termios silent = before_;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
    }
    ~Silent() {
        if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    }
    Silent(const Silent&) = delete;
    Silent& operator=(const Silent&) = delete;

  private:
    termios before_{};
    bool changed_ = false;
};

std::string ask(std::string_view what) {
    std::cerr << what << " (not shown): " << std::flush;
    std::string line;
    {
        const Silent silent;
        std::getline(std::cin, line);
    }
    std::cerr << '\n';
    return trimmed(line);
}

}  // namespace

std::string read_secret(const Words& words, const Environment& environment, std::string_view what) {
    if (const auto file = words.find("key-file")) {
        if (*file != "-") return trimmed(read_file(*file));
        std::string line;
        std::getline(std::cin, line);
        return trimmed(line);
    }
    if (const auto set = environment("RINGTAIL_KEY"); set && !set->empty()) return trimmed(*set);
    if (::isatty(STDIN_FILENO) == 1) return ask(what);
    throw Error(Fault::config, fmt::format("the {} is missing", what))
        .with_hint(
            "Give it as --key-file FILE (- is standard input) or in the variable RINGTAIL_KEY; on "
            "a terminal it is asked for.");
}

bool ask_yes(std::string_view question) {
    if (::isatty(STDIN_FILENO) != 1) return false;
    std::cerr << question << " [y/N] " << std::flush;
    std::string line;
    std::getline(std::cin, line);
    return line == "y" || line == "yes";
}

}  // namespace ringtail::cli
