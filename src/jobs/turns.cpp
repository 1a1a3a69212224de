#include "jobs/turns.hpp"

#include <algorithm>

namespace ringtail::jobs {

bool others_wait(const Workshop& shop, const Task& task) {
    const Instant now = shop.clock.now();
    control::Store& store = shop.store;
    const auto open = store.runs().open(task.run.source);
    const bool other = std::ranges::any_of(open, [&](const control::RunRecord& run) {
        return run.state == control::RunState::queued && run.number != task.run.number &&
               run.not_before <= now;
    });
    if (other) return true;
    if (!task.inbox->has_more(task.run.source, {})) return false;
    const auto hooks =
        store.jobs().find(task.run.source, control::name_of(control::JobKind::hooks));
    return hooks && hooks->enabled && store.runs().enqueue({hooks->number, 1, {}, {}}, now);
}

}  // namespace ringtail::jobs
