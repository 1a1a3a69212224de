#include "destination/relational/repeat.hpp"

namespace ringtail::relational {
namespace {

// Once for a table that was taken for empty, and for other writers who were quicker.
constexpr int kMostCollisions = 5;
// The other goes on at once; beyond that the source of the load may wait a little.
constexpr int kMostDeadlocks = 5;

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
        case Cause::deadlock:
            return ++deadlocks_ < kMostDeadlocks;
        case Cause::other_way:
            return true;
        case Cause::other:
        case Cause::no_right:
            break;
    }
    return false;
}

Error broken_key(const SqlError& error) {
    return Error(error.fault(), error.what())
        .with_hint(error.hint().empty()
                       ? "The table has a row with the same values under another key, perhaps of "
                         "another program. Delete it, or load into tables with another prefix."
                       : error.hint());
}

}  // namespace ringtail::relational
