#include "destination/relational/parents.hpp"

namespace ringtail::relational {

std::vector<MissingParents> lost_parents(const Plan& plan, const LostKeys& lost) {
    std::vector<MissingParents> missing;
    for (const Reference& reference : plan.table.references) {
        const auto found = lost.find(reference.parent);
        if (!reference.enforced || found == lost.end()) continue;
        for (std::size_t cell = 0; cell < plan.fields.size(); ++cell) {
            if (plan.fields[cell].source_name == reference.column) {
                missing.push_back({cell, reference.parent, found->second});
            }
        }
    }
    return missing;
}

std::vector<std::string> values_of(const Batch& batch, std::size_t cell,
                                   const sql::ColumnType& type,
                                   const std::unordered_set<std::string_view>& but) {
    Keys values;
    std::string scratch;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        const auto fitted = sql::fit(batch.at(row, cell), type, scratch);
        if (fitted.outcome != sql::Fitted::Outcome::value) continue;
        if (!but.contains(fitted.text) && !values.contains(fitted.text))
            values.emplace(fitted.text);
    }
    return {values.begin(), values.end()};
}

}  // namespace ringtail::relational
