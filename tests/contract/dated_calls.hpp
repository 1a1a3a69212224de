#pragma once
#include "contract/fixture.hpp"

namespace ringtail::contract {

inline std::vector<std::string> sorted(std::vector<std::string> keys) {
    std::sort(keys.begin(), keys.end());
    return keys;
}

// A star's calls with whole keys and an owner, as several accounts share them, and their facts.
inline Table dated_calls() {
    return {.name = "calls",
            .columns = {{"id", Type::int64}, {"account_id", Type::int64}, {"at", Type::timestamp}},
            .key = {"id"},
            .references = {},
            .fingerprint = "",
            .changed = "",
            .rest = ""};
}
inline Table facts_of_calls() {
    return {.name = "facts",
            .columns = {{"id", Type::int64}, {"calls_id", Type::int64}},
            .key = {"id"},
            .references = {{"calls_id", "calls"}},
            .fingerprint = "",
            .changed = "",
            .rest = ""};
}

}  // namespace ringtail::contract
