#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "jobs/part_reader.hpp"

namespace ringtail::jobs {

// Where a reconciliation repairs, and in whose name.
struct RepairShop {
    Destination& destination;
    const ComparisonPlan& plan;
    std::span<const Table> tables;  // the source's, as prepared
    const Table& reconciliation;    // as prepared
    std::string source;             // its name
    std::int64_t run = 0;
    std::string holder;  // of the stream's lease
    Clock& clock;
    std::function<void(const TableStats&)> told;  // after each transaction
};

// Makes a part equal to its source, with a record of each row in ringtail_reconciliation. One
// thread uses it. Errors as those of Destination::load().
class Repair {
  public:
    explicit Repair(RepairShop shop) : shop_(std::move(shop)) {}

    // What is missing or different, in one transaction. The part is to be read again then.
    void load_again(Facing& facing, const std::stop_token& stop);

    // The keys of rows that have been missed long enough to be removed, if these are not too many.
    std::vector<std::string> due(const Facing& facing, PartReader& reader,
                                 std::uint64_t removed_before);
    // Rows that the source does not name: marks those that are new, unmarks those that are named
    // again, removes those that were missed an hour ago already and are absent, unless they are too
    // many of the table. `found`: as the part was compared at first; `removed_before`: by this run.
    struct Extra {
        std::uint64_t marked = 0, removed = 0, refused = 0;
    };
    Extra settle_extra(Facing& facing, const Compared& found, PartReader& reader,
                       std::uint64_t removed_before, const std::stop_token& stop);

    // In a transaction of their own.
    void load(std::span<const Batch> batches, const std::stop_token& stop);

  private:
    enum class Trust : std::uint8_t { whole, none };
    void load(std::span<const Batch> batches, const Decoded& decoded, Trust trust,
              const std::stop_token& stop);
    void replace_row(std::vector<Batch>& batches, const Subject& subject,
                     const Difference& difference);
    bool may_remove(std::uint64_t rows, PartReader& reader, const Subject& subject,
                    std::uint64_t removed_before);
    void record(Batch& records, const Facing& facing, const Difference& difference,
                std::string_view action) const;
    const Subject& subject_of(const Facing& facing) const {
        return shop_.plan.subjects.at(facing.part.subject);
    }

    const RepairShop shop_;
    std::map<std::string, std::uint64_t> rows_of_;  // tables, before this run
};

// Of a table's rows, so many in a hundred are removed in one run without consent.
inline constexpr std::uint64_t kRemovedPercent = 2;

}  // namespace ringtail::jobs
