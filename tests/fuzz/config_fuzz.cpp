#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "config/read.hpp"

// Any text is a set-up or a clear error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace ringtail;
    const config::Secrets secrets{
        [](const std::string& name) { return std::optional<std::string>("key of " + name); },
        [](const std::string& path) { return "text of " + path; }};
    config::Checks checks;
    checks.source = [](control::SourceKind, const std::string&) {};
    checks.job = [](control::SourceKind, const config::JobSetUp&) {};
    checks.destination = [](const std::string&) {};
    checks.first_due = [](const std::string&, Instant) { return std::optional<Instant>(); };
    try {
        config::read_set_up({reinterpret_cast<const char*>(data), size}, "x", secrets, checks);
    } catch (const Error& error) {
        if (error.fault() != Fault::config || error.hint().empty()) __builtin_trap();
    }
    return 0;
}
