#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "config/set_up.hpp"
#include "control/store.hpp"

namespace ringtail::config {

// One thing that differs between a set-up and the store.
struct Step {
    enum class Kind : std::uint8_t { add, change, remove, left };  // left: it is in the store only
    Kind kind = Kind::add;
    std::string what;                       // "source shop", "job shop/nightly"
    std::string detail;                     // "schedule: manual → every 15m"; no secrets
    std::function<void()> make;             // does it; nothing for `left`
    std::vector<std::string> effects = {};  // on a report's tables
    bool takes_away = false;                // one of them does, which somebody must want
};

std::string_view name_of(Step::Kind kind);

// What must be done so that the store is as the set-up says, in an order in which it can be done;
// nothing when it is. What is in the store only is removed where `prune` says so, sources before
// destinations, and otherwise left. Error(config) when a source names a destination that is neither
// in the set-up nor in the store, or is new and has no key. `store` must outlive the steps.
std::vector<Step> steps_to(const SetUp& wanted, control::Store& store, const Checks& checks,
                           bool prune, Instant now);

// The store's set-up as a file that read_set_up() reads; secrets are named, not written.
std::string write_set_up(control::Store& store);

}  // namespace ringtail::config
