#include "source/dialfire/filter.hpp"

#include <algorithm>

namespace ringtail::dialfire {

TransactionFilter::TransactionFilter(const Filter& filter)
    : mode_(filter.mode), by_stage_(filter.stages.has_value()) {
    if (!by_stage_) return;
    std::string_view rest = *filter.stages;
    for (;;) {
        const std::size_t comma = rest.find(',');
        prefixes_.emplace_back(rest.substr(0, comma));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
}

bool TransactionFilter::passes(const FilterInput& transaction) const {
    if (mode_ != FilterMode::none && transaction.type && *transaction.type != "update") {
        return false;
    }
    if (mode_ == FilterMode::hi_updates_only &&
        (!transaction.user || transaction.status_detail == "$assigned")) {
        return false;
    }
    if (!by_stage_ || !transaction.task) return true;
    return std::any_of(prefixes_.begin(), prefixes_.end(), [&](const std::string& prefix) {
        return transaction.task->substr(0, prefix.size()) == prefix;
    });
}

}  // namespace ringtail::dialfire
