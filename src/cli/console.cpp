#include "cli/console.hpp"

#include <unistd.h>

#include <cstdlib>

namespace ringtail::cli {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";

bool can_move_cursor(std::FILE* file) {
    const char* kind = std::getenv("TERM");
    return ::isatty(::fileno(file)) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

void put(std::FILE* to, std::string_view text) { std::fwrite(text.data(), 1, text.size(), to); }

}  // namespace

Console::Console() : Console(Streams{}) {}
Console::Console(Streams streams) : streams_(streams), terminal_(can_move_cursor(streams.out)) {}

Console::~Console() {
    if (status_shown_) put(streams_.out, "\n");
    std::fflush(streams_.out);
}

void Console::write(std::FILE* to, std::string_view line) {
    const std::scoped_lock lock(mutex_);
    if (status_shown_) {
        put(streams_.out, kClearLine);
        std::fflush(streams_.out);
        status_shown_ = false;
    }
    put(to, line);
    put(to, "\n");
    std::fflush(to);
}

void Console::out(std::string_view line) { write(streams_.out, line); }
void Console::err(std::string_view line) { write(streams_.err, line); }

void Console::status(std::string_view line) {
    if (!terminal_) return;
    const std::scoped_lock lock(mutex_);
    put(streams_.out, kClearLine);
    put(streams_.out, line);
    std::fflush(streams_.out);
    status_shown_ = true;
}

}  // namespace ringtail::cli
