#include "destination/relational/repeat.hpp"

namespace ringtail::relational {
namespace {

// Once for a table that was taken for empty, and for other writers who were quicker.
constexpr int kMostCollisions = 5;

}  // namespace

bool Assumptions::learn_from(const SqlError& error) {
    switch (error.cause()) {
        case Cause::duplicate_key:  // the key is there: our assumption, or another writer
            for (auto& [table, empty] : was_empty_) empty = false;
            return ++collisions_ < kMostCollisions;
        case Cause::missing_parent:
            return !std::exchange(asks_for_parents_, true);
        case Cause::stale_plan:  // the tables are not as they were when the plans were made
            return std::exchange(plans_are_old_, false);
        case Cause::other_way:
            return true;
        case Cause::other:
        case Cause::no_right:
            break;
    }
    return false;
}

}  // namespace ringtail::relational
