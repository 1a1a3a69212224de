#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "source/dialfire/options.hpp"

namespace ringtail::dialfire {

// What the filter looks at of a transaction; nothing where the value is null or missing.
struct FilterInput {
    std::optional<std::string_view> type;
    std::optional<std::string_view> user;
    std::optional<std::string_view> status_detail;
    std::optional<std::string_view> task;
};

// Which transactions are stored: the old client's rule, letter by letter (facts/dialfire.md B.9).
class TransactionFilter {
  public:
    explicit TransactionFilter(const Filter& filter);
    bool passes(const FilterInput& transaction) const;

  private:
    FilterMode mode_;
    bool by_stage_;
    std::vector<std::string> prefixes_;
};

}  // namespace ringtail::dialfire
