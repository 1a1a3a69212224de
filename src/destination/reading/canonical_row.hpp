#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "destination/row_reader.hpp"

namespace ringtail::reading {

// Gives rows as a database shows them to a sink, each value in its one form. What it is made with
// must outlive it.
class CanonicalRow {
  public:
    CanonicalRow(const RowQuery& query, const RowSink& sink, const std::stop_token& stop);

    std::size_t width() const { return types_.size(); }
    // The next column's value of the row; null: nothing. Must live until end().
    void add(std::optional<std::string_view> shown);
    // Error(stopped) instead of one more row.
    void end();

  private:
    const std::string& table_;
    const RowSink& sink_;
    const std::stop_token& stop_;
    std::vector<Type> types_;
    std::vector<std::string> scratch_;  // one for each column
    std::vector<std::optional<std::string_view>> values_;
};

}  // namespace ringtail::reading
