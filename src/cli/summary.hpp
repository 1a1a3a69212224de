#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "json/write.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail::cli {

// 1234567 → "1,234,567".
std::string grouped(std::uint64_t number);
// "840 ms", "4.2 s", "30 s", "3 min 05 s", "15 min", "2 h 07 min".
std::string in_words(std::chrono::milliseconds length);

std::uint64_t rows_read(const RunSummary& summary);

// The table per table, what became of everything listed, and the time; several lines.
std::string summary_text(const RunSummary& summary);

// "event":"summary" as one JSON line; docs/cli.md has its shape. `outcome`: done, stopped, failed.
std::string summary_json(const RunSummary& summary, std::string_view outcome);

// The members that progress, round and summary share.
void add_counts(JsonLine& line, const RunSummary& summary);

}  // namespace ringtail::cli
