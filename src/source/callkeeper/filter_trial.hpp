#pragma once
#include <cstdint>
#include <string_view>

#include "base/zone.hpp"
#include "source/callkeeper/filters.hpp"
#include "source/callkeeper/options.hpp"

namespace ringtail::callkeeper {

// What filters make of calls that are stored: of each row of callkeeper_calls its _raw, and whether
// it has facts.
class FilterTrial {
  public:
    explicit FilterTrial(const Options& options);

    // Error(data) when `raw` is no state of a call.
    void add(std::string_view raw, bool has_facts);

    struct Counts {
        std::uint64_t calls = 0, calls_leaving = 0;
        // Of the calls that stay `facts_coming` have none yet and are to have them.
        std::uint64_t facts = 0, facts_leaving = 0, facts_coming = 0;
    };
    const Counts& counts() const { return counts_; }

  private:
    const Zone zone_;
    const RowFilters filters_;
    Counts counts_;
};

}  // namespace ringtail::callkeeper
