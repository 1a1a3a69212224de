#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace ringtail::callkeeper {

// Row ids and a word about each, for ids that are hashes already. Bounded: at `limit` entries it
// forgets all of them.
class IdMemory {
  public:
    explicit IdMemory(std::size_t limit) : limit_(limit) {}
    std::optional<std::uint64_t> find(std::int64_t id) const {
        if (slots_.empty()) return std::nullopt;
        const Slot& slot = slots_[place(id)];
        return slot.id == id ? std::optional(slot.word) : std::nullopt;
    }
    void put(std::int64_t id, std::uint64_t word) {
        if (used_ >= limit_) clear();
        if (2 * (used_ + 1) > slots_.size()) grow();
        Slot& slot = slots_[place(id)];
        if (slot.id != id) ++used_;
        slot = {id, word};
    }
    void clear() {
        slots_.clear();
        used_ = 0;
    }

  private:
    struct Slot {
        std::int64_t id = 0;  // 0: free
        std::uint64_t word = 0;
    };
    std::size_t place(std::int64_t id) const {
        std::size_t at = static_cast<std::size_t>(id) & (slots_.size() - 1);
        while (slots_[at].id != 0 && slots_[at].id != id) at = (at + 1) & (slots_.size() - 1);
        return at;
    }
    void grow() {
        std::vector<Slot> old(slots_.empty() ? 256 : 2 * slots_.size());
        old.swap(slots_);
        for (const Slot& slot : old)
            if (slot.id != 0) slots_[place(slot.id)] = slot;
    }

    std::size_t limit_;
    std::size_t used_ = 0;
    std::vector<Slot> slots_;
};

// Which ids have been put in, in 8 MB however many: "no" is certain, "yes" is likely.
class IdFilter {
  public:
    void put(std::int64_t id) {
        if (bits_.empty()) bits_.resize(kWords);
        for (unsigned i = 0; i < kProbes; ++i) bits_[word(id, i)] |= bit(id, i);
    }
    bool may_have(std::int64_t id) const {
        if (bits_.empty()) return false;
        for (unsigned i = 0; i < kProbes; ++i)
            if ((bits_[word(id, i)] & bit(id, i)) == 0) return false;
        return true;
    }

  private:
    static constexpr std::size_t kWords = 1U << 20U;
    static constexpr unsigned kProbes = 3;
    static std::uint64_t mixed(std::int64_t id, unsigned probe) {
        return (static_cast<std::uint64_t>(id) + probe) * 0x9E3779B97F4A7C15U;
    }
    static std::size_t word(std::int64_t id, unsigned probe) {
        return mixed(id, probe) >> 44U & (kWords - 1);
    }
    static std::uint64_t bit(std::int64_t id, unsigned probe) {
        return std::uint64_t{1} << (mixed(id, probe) >> 38U & 63U);
    }
    std::vector<std::uint64_t> bits_;
};

}  // namespace ringtail::callkeeper
