#include "accounts/inbox_feed.hpp"

namespace ringtail::accounts {

control::InboxPosition to_inbox(const callkeeper::InboxPosition& position) {
    return {position.below, position.from, position.to};
}

callkeeper::WaitingHooks InboxFeed::take(const callkeeper::InboxPosition& position,
                                         std::size_t max_bytes) {
    const std::scoped_lock lock(mutex_);
    control::InboxPage page = inbox_.take(source_, to_inbox(position), max_bytes);
    callkeeper::WaitingHooks waiting;
    waiting.hooks.reserve(page.hooks.size());
    for (control::StoredHook& hook : page.hooks) {
        waiting.hooks.push_back({hook.number, hook.received, std::move(hook.content_type),
                                 std::move(hook.query), std::move(hook.body)});
    }
    waiting.after = {page.after.below, page.after.from, page.after.to};
    return waiting;
}

void InboxFeed::drop_loaded(const callkeeper::InboxPosition& position) {
    const std::scoped_lock lock(mutex_);
    inbox_.drop_loaded(source_, to_inbox(position));
}

}  // namespace ringtail::accounts
