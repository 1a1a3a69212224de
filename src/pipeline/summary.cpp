#include <map>
#include <string_view>

#include "pipeline/load_unit.hpp"
#include "pipeline/run_stream.hpp"

namespace ringtail {

RunSummary::RunSummary(std::span<const Table> of) {
    for (const Table& table : of) tables.push_back({table.name});
}

std::uint64_t RunSummary::rejected() const {
    std::uint64_t sum = 0;
    for (const TableStats& table : tables) sum += table.rejected;
    return sum;
}

void RunSummary::add(const LoadStats& stats, const LoadUnit& unit) {
    std::map<std::string_view, std::uint64_t> rejects;
    for (const Reject& reject : unit.decoded.rejects) ++rejects[reject.table];
    for (std::size_t i = 0; i < stats.size() && i < tables.size(); ++i) {
        TableStats& sum = tables[i];
        sum.read += stats[i].read;
        sum.inserted += stats[i].inserted;
        sum.updated += stats[i].updated;
        sum.unchanged += stats[i].unchanged;
        sum.erased += stats[i].erased;
        sum.rejected += stats[i].rejected + rejects[sum.table];
    }
    tally += unit.whole_tally();
    if (unit.expected > 0) expected = unit.expected;
    stored = unit.after;
    ++loads;
    bytes += unit.bytes();
}

}  // namespace ringtail
