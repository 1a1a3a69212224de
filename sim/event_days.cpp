#include "event_days.hpp"

#include <algorithm>

#include "text.hpp"

namespace ringtail::sim {

namespace {

constexpr std::size_t kKept = 4;  // days
constexpr int kSpan =
    7;  // days from a contact's first to its last transaction, and the zone's share of one

}  // namespace

EventDays::Day EventDays::day(std::int32_t day) const {
    {
        std::lock_guard lock(mutex_);
        const auto found = std::ranges::find(recent_, day, &std::pair<std::int32_t, Day>::first);
        if (found != recent_.end()) return found->second;
    }
    auto events = std::make_shared<std::vector<BaseEvent>>();
    Plan plan;
    const auto [begin, end] = index_.base_days(day - 1, day + kSpan + 1);
    for (const ListKey* key = begin; key != end; ++key) {
        make_plan(shape_, key->index, {}, plan);
        for (std::size_t k = 0; k < plan.steps.size(); ++k)
            if (plan.steps[k].fired / kDay == day)
                events->push_back({plan.steps[k].fired, key->index, static_cast<std::uint16_t>(k)});
    }
    std::sort(events->begin(), events->end());
    std::lock_guard lock(mutex_);
    recent_.emplace_front(day, events);
    if (recent_.size() > kKept) recent_.pop_back();
    return events;
}

}  // namespace ringtail::sim
