#include "web/hook_tokens.hpp"

namespace ringtail::web {

std::optional<HookTokens::Known> HookTokens::find(const std::string& digest, Instant now) {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(digest);
    if (found == entries_.end()) return std::nullopt;
    const auto& entry = found->second;
    if (now - entry.asked > kTrusted || now < entry.asked) return std::nullopt;
    const bool ask =
        !asked_for_all_ || now < *asked_for_all_ || now - *asked_for_all_ >= kTrusted / 2;
    if (ask) asked_for_all_ = now;
    return Known{entry.source, ask};
}

void HookTokens::learn(const std::string& digest, std::optional<std::int64_t> source, Instant now) {
    std::lock_guard lock(mutex_);
    if (source) {
        entries_[digest] = Entry{*source, now};
    } else {
        entries_.erase(digest);
    }
}

void HookTokens::learn_all(const std::unordered_map<std::string, std::int64_t>& digests,
                           Instant now) {
    std::lock_guard lock(mutex_);
    entries_.clear();
    for (const auto& [digest, source] : digests) entries_[digest] = Entry{source, now};
}

}  // namespace ringtail::web
