#include "contact_index.hpp"

#include <algorithm>

#include "text.hpp"

namespace ringtail::sim {

ListKey list_key(const Shape& shape, std::uint32_t index, std::uint32_t md5_revision,
                 std::int64_t changed) {
    const std::int64_t local = changed + shape.readings.zone_minutes * kMinute;
    return {static_cast<std::int32_t>(local / kDay), index,
            contact_md5(shape, index, md5_revision).first};
}

ContactIndex::ContactIndex(const Shape& shape) : moved_(shape.contacts, false) {
    base_.reserve(shape.contacts);
    for (std::uint32_t i = 0; i < shape.contacts; ++i)
        base_.push_back(list_key(shape, i, 0, base_change(shape, i)));
    std::sort(base_.begin(), base_.end());
}

void ContactIndex::move(const ListKey& key) {
    remove(key.index);
    live_.insert(key);
    places_[key.index] = key;
}

void ContactIndex::remove(std::uint32_t contact) {
    if (contact < moved_.size() && !moved_[contact]) {
        moved_[contact] = true;
        ++left_;
    }
    const auto place = places_.find(contact);
    if (place == places_.end()) return;
    live_.erase(place->second);
    places_.erase(place);
}

std::vector<ListKey> ContactIndex::from(const ListKey& from, bool after, std::size_t limit) const {
    auto base = after ? std::upper_bound(base_.begin(), base_.end(), from)
                      : std::lower_bound(base_.begin(), base_.end(), from);
    auto live = after ? live_.upper_bound(from) : live_.lower_bound(from);
    std::vector<ListKey> keys;
    keys.reserve(limit);
    while (keys.size() < limit) {
        while (base != base_.end() && moved_[base->index]) ++base;
        const bool has_base = base != base_.end(), has_live = live != live_.end();
        if (!has_base && !has_live) break;
        keys.push_back(has_base && (!has_live || *base < *live) ? *base++ : *live++);
    }
    return keys;
}

std::pair<const ListKey*, const ListKey*> ContactIndex::base_days(std::int32_t first,
                                                                  std::int32_t last) const {
    const auto begin = std::lower_bound(base_.begin(), base_.end(), ListKey{first, 0, 0});
    const auto end = std::lower_bound(begin, base_.end(), ListKey{last + 1, 0, 0});
    return {base_.data() + (begin - base_.begin()), base_.data() + (end - base_.begin())};
}

}  // namespace ringtail::sim
