#include "destination/relational/order.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "model/int64_text.hpp"

namespace ringtail::relational {

void into_key_order(const Plan& plan, const Batch& batch, std::vector<std::size_t>& rows) {
    const auto& cells = batch.key_cells();
    if (cells.size() != 1 || !plan.fields[cells.front()].is_whole_key) return;
    std::vector<std::pair<std::int64_t, std::size_t>> keyed;
    keyed.reserve(rows.size());
    for (const std::size_t row : rows) {
        // What is no number becomes a reject, wherever it stands.
        keyed.emplace_back(int64_in(batch.at(row, cells.front()).text).value_or(0), row);
    }
    std::sort(keyed.begin(), keyed.end());
    std::transform(keyed.begin(), keyed.end(), rows.begin(),
                   [](const auto& entry) { return entry.second; });
}

}  // namespace ringtail::relational
