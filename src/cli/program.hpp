#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "cli/destinations.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::cli {

using QueryRows = std::vector<std::vector<std::string>>;

// What only main.cpp knows: the concrete destinations and sources.
struct Wiring {
    std::vector<DestinationKind> destinations;
    // Reads from a SQLite file; `ringtail demo` shows what one can ask.
    std::function<QueryRows(const std::string& path, const std::string& sql, std::size_t columns)>
        query_sqlite;
    // The kinds of sources of the service. Clock and logger outlive them.
    std::function<std::vector<std::unique_ptr<jobs::SourceKind>>(Clock&, Logger&)> source_kinds;
    // Throws Error(data), saying why, when this is no webhook of a call.
    std::function<void(std::string_view content_type, std::string_view query,
                       std::string_view body)>
        read_hook;
};

// The whole program; returns its exit code (docs/cli.md). Overwrites the secrets in `argv`, so that
// `ps` shows them no longer than it takes to start.
int run_program(int argc, char** argv, const Wiring& wiring);

}  // namespace ringtail::cli
