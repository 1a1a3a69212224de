#pragma once
#include <set>
#include <string>

#include "control/inbox.hpp"

namespace ringtail::test {

// The bodies of all hooks of a source that an inbox holds.
inline std::multiset<std::string> stored_bodies(const std::string& path, std::int64_t source) {
    control::Inbox inbox(path);
    std::multiset<std::string> bodies;
    control::InboxPosition position;
    for (;;) {
        const auto page = inbox.take(source, position);
        if (page.hooks.empty()) return bodies;
        for (const auto& hook : page.hooks) bodies.insert(hook.body);
        position = page.after;
    }
}

}  // namespace ringtail::test
