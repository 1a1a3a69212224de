#pragma once
#include <cstdint>

// Which hooks of a source have been loaded, as arithmetic without a file.
namespace ringtail::control {

// Loaded are all numbers ≤ below, and all from ≤ n ≤ to. to = 0: there is no such range.
struct InboxPosition {
    std::int64_t below = 0;
    std::int64_t from = 0, to = 0;

    bool has_range() const { return to != 0; }
    bool covers(std::int64_t number) const {
        return number <= below || (has_range() && number >= from && number <= to);
    }
    bool operator==(const InboxPosition&) const = default;
};

// Where the next page comes from.
//   oldest  numbers above `above`, ascending, up to `until`
//   newest  the newest numbers above `above`: a backlog is read from its new end
struct InboxPlan {
    enum class Part : std::uint8_t { oldest, newest, fresh, rest };
    Part part = Part::oldest;
    std::int64_t above = 0;          // exclusive
    std::int64_t until = INT64_MAX;  // inclusive
    bool newest_first = false;       // which ones, when there are more than a page
};

// What to read from here: everything in order, as long as no more than `kBacklog` wait; else the
// newest page first, and from then on pages of what came after it (fresh) and of what came before
// (rest), in turns. `waiting`: not loaded; `fresh`, `rest`: how many of them on each side of the
// range, 0 without one; `turn` counts the pages.
constexpr std::uint64_t kBacklog = 2'000;
InboxPlan plan_page(const InboxPosition& position, std::uint64_t waiting, bool has_fresh,
                    std::uint64_t turn);

// The position once the page `plan` named is loaded: its lowest and highest numbers, and whether it
// holds all that `plan` named. An empty page: lowest = highest = 0.
InboxPosition after_page(const InboxPosition& position, const InboxPlan& plan, std::int64_t lowest,
                         std::int64_t highest, bool complete);

}  // namespace ringtail::control
