#include "cli/checklist.hpp"

#include <fmt/core.h>

#include "json/write.hpp"

namespace ringtail::cli {

bool Checklist::item(std::string_view name, const std::function<std::string()>& look) {
    try {
        const std::string found = look();
        show(name, true, found, "");
        return true;
    } catch (const Error& error) {
        all_good_ = false;
        last_fault_ = error.fault();
        show(name, false, error.what(), error.hint());
        return false;
    }
}

void Checklist::show(std::string_view name, bool good, std::string_view message,
                     std::string_view hint) {
    if (output_ == Output::json) {
        JsonLine line("check");
        line.text("name", name).raw("ok", good ? "true" : "false").text("message", message);
        if (!hint.empty()) line.text("hint", hint);
        console_.out(line.done());
        return;
    }
    console_.out(fmt::format("{:<6} {:<14} {}", good ? "ok" : "FAILED", name, message));
    if (!hint.empty()) console_.out(fmt::format("{:<21} {}", "", hint));
}

}  // namespace ringtail::cli
