#include "source/callkeeper/dimension_ids.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "base/error.hpp"

namespace ringtail::callkeeper {
namespace {

// More rows whose ids are the same 63 bits do not exist.
constexpr unsigned kMostSalts = 8;

std::uint64_t word_of(const Md5& digest) {
    std::uint64_t word = 0;
    for (std::size_t i = 8; i < 16; ++i) word = word << 8U | digest[i];
    return word;
}

// The same of a digest in hex; of anything else some other word.
std::uint64_t word_of(std::string_view hash) {
    std::uint64_t word = 0;
    if (hash.size() == 32) std::from_chars(hash.data() + 16, hash.data() + 32, word, 16);
    return word;
}

}  // namespace

DimensionIds::DimensionIds(std::span<const Table> tables, const TablePlaces& places, Stored& stored)
    : stored_(stored) {
    for (std::size_t i = 0; i < kDimensions.size(); ++i) {
        if (places.has(kDimensions[i]))
            dimensions_[i].table = &tables[places[kDimensions[i]].table];
    }
}

void DimensionIds::add(const CallView& call) {
    refers_.emplace_back();
    refers_.back().rows.fill(kStub);
    for (std::size_t i = 0; i < kDimensions.size(); ++i) {
        if (dimensions_[i].table == nullptr) continue;
        content_.clear();
        if (!append_content(kDimensions[i], call, content_)) continue;
        const auto known = dimensions_[i].ids.find(content_);
        if (known != dimensions_[i].ids.end())
            refers_.back().rows[i] = known->second;
        else
            place(i, content_);
    }
}

void DimensionIds::place(std::size_t dimension, const std::string& content) {
    Dimension& of = dimensions_[dimension];
    Refers& refers = refers_.back();
    const Md5 plain = digest_of(content);
    for (unsigned salt = 0; salt < kMostSalts; ++salt) {
        const std::int64_t id = surrogate(salt == 0 ? plain : digest_of(content, salt));
        const auto seen = of.seen.find(id);
        if (seen && *seen != word_of(plain)) continue;
        refers.rows[dimension] = id;
        if (!seen) {
            of.seen.put(id, word_of(plain));
            unknown_[dimension].push_back({refers_.size() - 1, id, plain});
        } else if (again_[dimension].erase(id) != 0) {
            refers.fresh |= 1U << dimension;
        } else if (kDimensions[dimension] != TableId::clientids) {
            if (of.ids.size() >= kContents) of.ids.clear();
            of.ids.emplace(content, id);
        }
        return;
    }
    throw Error(Fault::bug, "no id is free for a row of " + of.table->name);
}

bool DimensionIds::resolve() {
    bool all_free = true;
    for (std::size_t i = 0; i < kDimensions.size(); ++i) all_free = ask(i) && all_free;
    if (all_free) return true;
    for (std::size_t i = 0; i < kDimensions.size(); ++i) {
        dimensions_[i].ids.clear();
        for (const Refers& refers : refers_)
            if ((refers.fresh >> i & 1U) != 0) again_[i].insert(refers.rows[i]);
    }
    return false;
}

// Marks what is not stored as fresh. False when an id belongs to another row.
bool DimensionIds::ask(std::size_t dimension) {
    Dimension& of = dimensions_[dimension];
    const std::vector<Unknown> unknown = std::exchange(unknown_[dimension], {});
    if (unknown.empty()) return true;
    std::vector<std::optional<std::string>> stored(unknown.size());
    if (!of.table->created) {
        std::vector<std::string> keys;
        keys.reserve(unknown.size());
        for (const Unknown& one : unknown) keys.push_back(std::to_string(one.id));
        stored = stored_.fingerprints(*of.table, keys);
    }
    bool all_free = true;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
        if (!stored.at(i)) {
            refers_[unknown[i].call].fresh |= 1U << dimension;
        } else if (*stored[i] != to_hex(unknown[i].digest)) {
            of.seen.put(unknown[i].id, word_of(std::string_view(*stored[i])));
            all_free = false;
        }
    }
    return all_free;
}

unsigned DimensionIds::take_stubs() {
    if (std::exchange(stubs_given_, true)) return 0;
    unsigned which = 0;
    for (std::size_t i = 0; i < kDimensions.size(); ++i)
        if (dimensions_[i].table != nullptr) which |= 1U << i;
    return which;
}

}  // namespace ringtail::callkeeper
