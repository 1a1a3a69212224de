#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/row_reader.hpp"

namespace ringtail::reading {

// Gives rows as a database shows them to a sink, each value in its one form.
class CanonicalRow {
  public:
    CanonicalRow(const RowQuery& query, const RowSink& sink);

    std::size_t width() const { return types_.size(); }
    // The next column's value of the row; null: nothing. Must live until end().
    void add(std::optional<std::string_view> shown);
    void end();

  private:
    const RowSink& sink_;
    std::vector<Type> types_;
    std::vector<std::string> scratch_;  // one for each column
    std::vector<std::optional<std::string_view>> values_;
};

}  // namespace ringtail::reading
