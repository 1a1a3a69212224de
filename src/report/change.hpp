#pragma once
#include <span>
#include <string>
#include <vector>

#include "model/table.hpp"

namespace ringtail::report {

// What another rule does to the tables of the one before it, in words. Nothing is ever dropped:
// what is no longer named stays as it is, and only somebody's own SQL takes it away.
struct Change {
    std::vector<std::string> words;  // one thing each
    bool takes_away = false;         // something is no longer filled, or not as it was meant to be
};
Change change_between(std::span<const Table> before, std::span<const Table> after);

}  // namespace ringtail::report
