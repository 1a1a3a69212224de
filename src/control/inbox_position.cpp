#include "control/inbox_position.hpp"

namespace ringtail::control {

InboxPlan plan_page(const InboxPosition& position, std::uint64_t waiting, bool has_fresh,
                    std::uint64_t turn) {
    using Part = InboxPlan::Part;
    if (!position.has_range()) {
        return {waiting > kInboxBacklog ? Part::newest : Part::oldest, position.below, INT64_MAX};
    }
    if (has_fresh && turn % 2 == 0) return {Part::fresh, position.to, INT64_MAX};
    return {Part::rest, position.below, position.from};
}

InboxPosition after_page(const InboxPosition& position, const InboxPlan& plan,
                         const InboxPageSpan& page) {
    using Part = InboxPlan::Part;
    InboxPosition after = position;
    if (plan.part == Part::rest) {
        if (page.is_all) return {.below = position.to, .from = 0, .to = 0};  // the two become one
        if (page.highest != 0) after.below = page.highest;
        return after;
    }
    if (page.highest == 0) return after;
    switch (plan.part) {
        case Part::fresh:
            after.to = page.highest;
            break;
        case Part::newest:
            if (page.is_all) {
                after.below = page.highest;
            } else {
                after.from = page.lowest;
                after.to = page.highest;
            }
            break;
        default:
            after.below = page.highest;
    }
    return after;
}

}  // namespace ringtail::control
