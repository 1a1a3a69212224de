#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "filter/filter.hpp"
#include "report/catalog.hpp"
#include "report/path.hpp"

namespace ringtail::report {

// Which rows are wanted, by the source's fields as the catalog names them. Cheap to copy.
class RowFilter {
  public:
    RowFilter() = default;  // takes everything
    // `further`: what can be asked for beside the catalog, as the paths of elements. Moments are
    // of `zone`. Error(config) as filter::Expression.
    RowFilter(std::string_view text, const Catalog& catalog, std::span<const Field> further,
              const Zone& zone);

    bool takes(const Row& row) const;
    const std::string& text() const { return expression_.text(); }

  private:
    struct Asked {
        std::vector<filter::Type> types;
        std::vector<Path> paths;
    };
    class Record;
    filter::Expression expression_;
    std::shared_ptr<const Asked> asked_;
};

}  // namespace ringtail::report
