#include "source/callkeeper/known_calls.hpp"

namespace ringtail::callkeeper {

std::vector<std::optional<std::string>> KnownCalls::find(std::span<const std::int64_t> rows) {
    std::vector<std::optional<std::string>> found(rows.size());
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (const auto young = young_.find(rows[i]); young != young_.end())
            found[i] = young->second;
        else if (const auto old = old_.find(rows[i]); old != old_.end())
            found[i] = old->second;
        else if (!table_.created || given_.may_have(rows[i]))
            missing.push_back(i);
    }
    if (missing.empty()) return found;
    std::vector<std::string> keys;
    keys.reserve(missing.size());
    for (const std::size_t i : missing) keys.push_back(std::to_string(rows[i]));
    auto stored = stored_.fingerprints(table_, keys);
    for (std::size_t i = 0; i < missing.size(); ++i) found[missing[i]] = std::move(stored.at(i));
    return found;
}

void KnownCalls::put(std::int64_t row, std::string state) {
    if (table_.created) given_.put(row);
    old_.erase(row);
    young_bytes_ += state.size();
    young_.insert_or_assign(row, std::move(state));
    if (young_bytes_ < generation_) return;
    old_ = std::move(young_);
    young_.clear();
    young_bytes_ = 0;
}

void KnownCalls::all_loaded() {
    young_.clear();
    old_.clear();
    young_bytes_ = 0;
}

}  // namespace ringtail::callkeeper
