#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "source/source.hpp"

namespace ringtail {

// So many units are there at most: one that is built, those that wait, and one that is loaded.
inline constexpr std::size_t kMostUnits = 4;

// What one transaction at the destination will hold: some pages, decoded, and the checkpoint after
// the last of them.
struct LoadUnit {
    std::shared_ptr<const std::vector<Table>> tables;  // the batches point into it
    Decoded decoded;
    Checkpoint after;
    Tally tally;
    std::uint64_t expected = 0;  // Page::expected of the last page that knew
    std::size_t pages = 0;

    explicit LoadUnit(std::shared_ptr<const std::vector<Table>> of) : tables(std::move(of)) {
        decoded.batches.reserve(tables->size());
        for (const Table& table : *tables) decoded.batches.emplace_back(table);
    }
    // Decodes the page and takes it in.
    void add(const Source& source, Page page);
    std::size_t rows() const;
    std::size_t bytes() const;
    // Of its own tally and that of what was decoded.
    Tally whole_tally() const;
    // As a load of `stream`; points into this unit.
    Load as_load(std::string_view stream, std::string_view holder, Instant now) const;
    // A line for the log, once it is loaded.
    std::string told(std::string_view stream, std::chrono::milliseconds took) const;
};

}  // namespace ringtail
