#pragma once
#include <string>

#include "base/error.hpp"
#include "config/read.hpp"

namespace ringtail::config {

// Checks that know one schedule and refuse what holds "wrong".
inline Checks test_checks() {
    const auto refuse = [](const std::string& text) {
        if (text.find("wrong") != std::string::npos)
            throw Error(Fault::config, "that is wrong").with_hint("Write it right.");
    };
    Checks checks;
    checks.source = [refuse](control::SourceKind, const std::string& json) { refuse(json); };
    checks.job = [refuse](control::SourceKind, const JobSetUp& job) { refuse(job.settings); };
    checks.destination = refuse;
    checks.first_due = [refuse](const std::string& schedule, Instant now) {
        refuse(schedule);
        return schedule == "manual" ? std::nullopt : std::optional(now + std::chrono::minutes(15));
    };
    return checks;
}

inline Secrets test_secrets() {
    return {[](const std::string& name) {
                return name == "SHOP_KEY" ? std::optional<std::string>("0123456789abcdef")
                                          : std::nullopt;
            },
            [](const std::string& path) -> std::string {
                if (path == "url.txt") return "postgres://u:secret@localhost/calls\n";
                if (path == "empty.txt") return " \n";
                throw Error(Fault::config, path + ": no such file").with_hint("Make it.");
            }};
}

inline SetUp read(const std::string& text) {
    return read_set_up(text, "ringtail.toml", test_secrets(), test_checks());
}

}  // namespace ringtail::config
