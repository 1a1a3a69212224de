#pragma once
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/zone.hpp"
#include "filter/filter.hpp"
#include "source/callkeeper/merge.hpp"
#include "source/callkeeper/options.hpp"

namespace ringtail::callkeeper {

// What a row filter can ask for: the API's field names, labels of the visit as
// visit_info.current.src or current.src.
std::span<const filter::Field> filter_fields();

// The filter of a table, read and checked; moments in it are of `zone`. Error(config) names the
// table and the place, and when the table takes none: callkeeper_calls and callkeeper_calls_facts
// do.
filter::Expression read_filter(std::string_view table, std::string_view text, const Zone& zone);

// Which rows of a call are wanted. A call that callkeeper_calls does not take has no facts either.
class RowFilters {
  public:
    RowFilters(const Options& options, const Zone& zone);
    struct Wanted {
        bool calls = true, facts = true;
    };
    Wanted judge(const CallView& call) const;

  private:
    filter::Expression calls_, facts_;
};

}  // namespace ringtail::callkeeper
