#include "web/hook_tokens.hpp"

namespace ringtail::web {

std::optional<HookTokens::Known> HookTokens::find(const std::string& digest, Instant now) {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(digest);
    if (found == entries_.end()) return std::nullopt;
    auto& entry = found->second;
    if (now - entry.asked > kTrusted || now < entry.asked) return std::nullopt;
    const bool ask = now >= entry.refresh;
    if (ask) entry.refresh = now + kTrusted;
    return Known{entry.source, ask};
}

void HookTokens::learn(const std::string& digest, std::optional<std::int64_t> source, Instant now) {
    std::lock_guard lock(mutex_);
    if (!source) {
        entries_.erase(digest);
        return;
    }
    entries_[digest] = Entry{*source, now, now + kTrusted / 2};
}

}  // namespace ringtail::web
