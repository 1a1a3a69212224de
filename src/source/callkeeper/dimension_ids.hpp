#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "source/callkeeper/dimensions.hpp"
#include "source/callkeeper/id_memory.hpp"
#include "source/callkeeper/rows.hpp"
#include "source/source.hpp"

namespace ringtail::callkeeper {

// The ids of the shared rows that calls point at, and which of those rows are not stored yet. An id
// that belongs to a row of another content is given up for the next one derived.
class DimensionIds {
  public:
    // What is passed must outlive this.
    DimensionIds(std::span<const Table> tables, const TablePlaces& places, Stored& stored);

    // A page's calls, one after the other; then resolve(), which may ask what is stored. False when
    // an id was found to belong to another row: clear() and add all of them again.
    void add(const CallView& call);
    bool resolve();
    struct Refers {
        std::array<std::int64_t, 5> rows{};
        unsigned fresh = 0;  // bit i: this call brings the row of kDimensions[i]
    };
    // Of the calls added since the last clear(), in their order.
    const std::vector<Refers>& refers() const { return refers_; }
    void clear() { refers_.clear(); }
    // Of the stub rows those that are to be written now: all, the first time.
    unsigned take_stubs();

  private:
    struct Unknown {
        std::size_t call;
        std::int64_t id;
        Md5 digest;
    };
    void place(std::size_t dimension, const std::string& content);
    bool ask(std::size_t dimension);

    // About 16 MB each at the most.
    static constexpr std::size_t kRemembered = 500'000;
    static constexpr std::size_t kContents = 50'000;

    struct Dimension {
        const Table* table = nullptr;  // nothing: not wanted
        IdMemory seen{kRemembered};    // stored, or on their way: id → the digest's other half
        std::unordered_map<std::string, std::int64_t> ids;  // by content, of those that repeat
    };
    Stored& stored_;
    std::array<Dimension, kDimensions.size()> dimensions_;
    std::vector<Refers> refers_;
    std::array<std::vector<Unknown>, kDimensions.size()> unknown_;
    // Of a page that is added again: rows that were to be written the first time.
    std::array<std::unordered_set<std::int64_t>, kDimensions.size()> again_;
    std::string content_;
    bool stubs_given_ = false;
};

}  // namespace ringtail::callkeeper
