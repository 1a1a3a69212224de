#include "cli/summary.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace ringtail::cli {

std::string grouped(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
    return text;
}

std::string in_words(std::chrono::milliseconds length) {
    const auto ms = length.count();
    if (ms < 1'000) return fmt::format("{} ms", ms);
    const auto seconds = ms / 1'000;
    if (ms < 60'000 && ms % 1'000 == 0) return fmt::format("{} s", seconds);
    if (ms < 60'000) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1'000.0);
    if (ms % 60'000 == 0 && seconds < 3'600) return fmt::format("{} min", seconds / 60);
    if (seconds < 3'600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
    return fmt::format("{} h {:02} min", seconds / 3'600, seconds / 60 % 60);
}

std::uint64_t rows_read(const RunSummary& summary) {
    std::uint64_t rows = 0;
    for (const TableStats& table : summary.tables) rows += table.read;
    return rows;
}

std::string summary_text(const RunSummary& summary) {
    std::size_t width = 5;
    for (const TableStats& table : summary.tables) width = std::max(width, table.table.size());
    std::string text = fmt::format("{:<{}} {:>12} {:>12} {:>12} {:>12} {:>12}\n", "table", width,
                                   "read", "inserted", "updated", "unchanged", "rejected");
    for (const TableStats& table : summary.tables) {
        text += fmt::format("{:<{}} {:>12} {:>12} {:>12} {:>12} {:>12}\n", table.table, width,
                            grouped(table.read), grouped(table.inserted), grouped(table.updated),
                            grouped(table.unchanged), grouped(table.rejected));
    }
    const Tally& tally = summary.tally;
    text += fmt::format("listed {} = {} equal + {} loaded + {} gone", grouped(tally.listed),
                        grouped(tally.equal), grouped(tally.loaded), grouped(tally.gone));
    if (tally.rejected > 0) text += fmt::format(" + {} rejected", grouped(tally.rejected));
    if (tally.open > 0) text += fmt::format("; {} with open calls", grouped(tally.open));
    const std::uint64_t rows = rows_read(summary);
    text += fmt::format("\n{} rows in {}", grouped(rows), in_words(summary.elapsed));
    if (summary.elapsed.count() > 0) {
        const auto ms = static_cast<std::uint64_t>(summary.elapsed.count());
        text += fmt::format(" ({} rows/s)", grouped(rows * 1'000 / ms));
    }
    if (summary.rejected() > 0) {
        text += fmt::format(
            "\n{} rejected, kept with their raw values and the reasons: SELECT * FROM "
            "ringtail_rejects",
            grouped(summary.rejected()));
    }
    return text;
}

std::string summary_json(const RunSummary& summary, std::string_view outcome) {
    std::string tables = "[";
    for (const TableStats& table : summary.tables) {
        if (tables.size() > 1) tables += ',';
        tables += fmt::format(
            R"({{"table":{},"read":{},"inserted":{},"updated":{},"unchanged":{},"rejected":{},"erased":{}}})",
            json_string(table.table), table.read, table.inserted, table.updated, table.unchanged,
            table.rejected, table.erased);
    }
    JsonLine line("summary");
    line.text("outcome", outcome).raw("tables", tables + "]");
    add_counts(line, summary);
    return line.number("rejects", summary.rejected())
        .number("loads", summary.loads)
        .number("rounds", summary.rounds)
        .number("failed_attempts", summary.failed_attempts)
        .done();
}

void add_counts(JsonLine& line, const RunSummary& summary) {
    const Tally& tally = summary.tally;
    line.number("listed", tally.listed)
        .number("equal", tally.equal)
        .number("loaded", tally.loaded)
        .number("gone", tally.gone)
        .number("rejected", tally.rejected)
        .number("open", tally.open)
        .number("rows", rows_read(summary))
        .number("elapsed_ms", static_cast<std::uint64_t>(summary.elapsed.count()));
}

}  // namespace ringtail::cli
