#include "cli/context.hpp"

#include <fmt/core.h>

#include "json/write.hpp"

namespace ringtail::cli {

ExitCode exit_code_of(const Error& error) {
    const bool user = error.fault() == Fault::config || error.fault() == Fault::auth;
    return user ? exit_usage : exit_failed;
}

std::string error_text(const Error& error) {
    return error.hint().empty() ? error.what()
                                : fmt::format("{}\n  {}", error.what(), error.hint());
}

void report(const Error& error, Output output, Logger& log, Console& console) {
    log.error(error_text(error));
    if (output != Output::json) return;
    JsonLine line("error");
    line.text("fault", name_of(error.fault())).text("message", error.what());
    if (!error.hint().empty()) line.text("hint", error.hint());
    console.out(line.done());
}

}  // namespace ringtail::cli
