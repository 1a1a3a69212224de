#pragma once
#include <cstdint>

// Which hooks of a source have been loaded, and which are to be read next: arithmetic on their
// numbers, without a file.
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

// Above so many waiting hooks the newest are read first.
constexpr std::uint64_t kInboxBacklog = 2'000;

// A page: the hooks `above` < n < `below` of these, in order from the lowest; those of `newest`
// from the highest, which leaves a gap to be read as `rest`.
struct InboxPlan {
    enum class Part : std::uint8_t {
        oldest,  // all that wait, in order
        newest,  // a backlog's new end: makes the range from … to
        fresh,   // what came after the range
        rest,    // what is left before the range
    };
    Part part = Part::oldest;
    std::int64_t above = 0, below = INT64_MAX;  // both exclusive
};

// `waiting`: how many are not loaded, needed only without a range; `has_fresh`: whether any is
// above the range. Fresh pages and pages of the rest take turns.
InboxPlan plan_page(const InboxPosition& position, std::uint64_t waiting, bool has_fresh,
                    std::uint64_t turn);

struct InboxPageSpan {
    std::int64_t lowest = 0, highest = 0;  // 0: the page is empty
    bool is_all = false;                   // it holds every hook that the plan names
};
// The position once this page is loaded.
InboxPosition after_page(const InboxPosition& position, const InboxPlan& plan,
                         const InboxPageSpan& page);

}  // namespace ringtail::control
