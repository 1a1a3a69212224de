#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "cli/destinations.hpp"

namespace ringtail::cli {

using QueryRows = std::vector<std::vector<std::string>>;

// What only main.cpp knows: the concrete destinations.
struct Wiring {
    std::vector<DestinationKind> destinations;
    // Reads from a SQLite file; `ringtail demo` shows what one can ask.
    std::function<QueryRows(const std::string& path, const std::string& sql, std::size_t columns)>
        query_sqlite;
};

// The whole program; returns its exit code (docs/cli.md). Overwrites the secrets in `argv`, so that
// `ps` shows them no longer than it takes to start.
int run_program(int argc, char** argv, const Wiring& wiring);

}  // namespace ringtail::cli
