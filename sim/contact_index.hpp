#pragma once
#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "plan.hpp"

namespace ringtail::sim {

// Where a contact stands in contacts/list: sorted by the day of its last change, then by md5 (facts
// A.2 no. 2).
struct ListKey {
    std::int32_t day = 0;  // since 1970, in the zone of G-3
    std::uint32_t index = 0;
    std::uint64_t md5 = 0;  // its first half; the second follows from it
    friend bool operator<(const ListKey& a, const ListKey& b) {
        if (a.day != b.day) return a.day < b.day;
        return a.md5 != b.md5 ? a.md5 < b.md5 : a.index < b.index;
    }
};

ListKey list_key(const Shape& shape, std::uint32_t index, std::uint32_t md5_revision,
                 std::int64_t changed);

// All contacts in that order: 16 bytes each for the data set, a tree node for each contact that has
// changed since.
class ContactIndex {
  public:
    explicit ContactIndex(const Shape& shape);
    // The contact has a new place; one that is new has had none before.
    void move(const ListKey& key);
    void remove(std::uint32_t contact);
    // Up to `limit` keys from `from` on (not `from` itself with `after`).
    std::vector<ListKey> from(const ListKey& from, bool after, std::size_t limit) const;
    std::size_t size() const { return base_.size() - left_ + live_.size(); }
    // The data set's contacts by the day of their last change in it, wherever they stand now; days
    // as in ListKey.
    std::pair<const ListKey*, const ListKey*> base_days(std::int32_t first,
                                                        std::int32_t last) const;

  private:
    std::vector<ListKey> base_;
    std::vector<bool> moved_;  // by contact: its entry in base_ no longer counts
    std::size_t left_ = 0;     // how many of those
    std::set<ListKey> live_;
    std::unordered_map<std::uint32_t, ListKey> places_;  // of live_, by contact
};

}  // namespace ringtail::sim
