#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "source/callkeeper/id_memory.hpp"
#include "source/callkeeper/merge.hpp"
#include "source/source.hpp"

namespace ringtail::callkeeper {

// What is stored of calls, or will be: the states in the destination, and before them those that
// this round has handed on and that may not be loaded yet.
class KnownCalls {
  public:
    // `table`: callkeeper_calls as prepared; it and `stored` must outlive this.
    KnownCalls(const Table& table, Stored& stored)
        : table_(table), stored_(stored), generation_(stored.waiting_bytes() + kPages) {}

    // The states of the rows, as _raw holds them; nothing where there is none.
    std::vector<std::optional<std::string>> find(std::span<const std::int64_t> rows);
    // `state` is on its way into the row.
    void put(std::int64_t row, std::string state);
    // All that was handed on is loaded.
    void all_loaded();

  private:
    // Of the page under way, and of the one by which each load unit may be larger than it should.
    static constexpr std::size_t kPages = 8U << 20U;

    const Table& table_;
    Stored& stored_;
    // What is not loaded yet fits into a generation, in bytes, and the one before the youngest is
    // kept too.
    const std::size_t generation_;
    std::unordered_map<std::int64_t, std::string> young_, old_;
    std::size_t young_bytes_ = 0;
    IdFilter given_;  // while the table is new, only these can be in it
};

}  // namespace ringtail::callkeeper
