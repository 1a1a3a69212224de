#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "destination/clickhouse/plan.hpp"

namespace ringtail::clickhouse {

// What is stored under a key, by the newest row of it.
struct Existing {
    std::uint64_t hash = 0;
    std::uint32_t month = 0;  // the partition, which the key never leaves
    bool deleted = false;
    std::uint64_t version = 0;
};
using ExistingRows = std::unordered_map<std::string, Existing>;  // keys as FittedRows::Row::key

// `keys` are lines: a key each, with its line end.
ExistingRows find_existing(Server& server, const Plan& plan, std::string_view keys,
                           const std::stop_token& stop);

// The other columns of those rows (Plan::others), as TabSeparated; rows that have nothing in them
// are left out.
std::unordered_map<std::string, std::string> find_others(Server& server, const Plan& plan,
                                                         std::string_view keys,
                                                         const std::stop_token& stop);

// See Destination::fingerprints(). Nothing for every key where there is no such table.
std::vector<std::optional<std::string>> find_fingerprints(Server& server, const Table& table,
                                                          std::span<const std::string> keys);

}  // namespace ringtail::clickhouse
