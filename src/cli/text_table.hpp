#pragma once
#include <string>
#include <vector>

#include "cli/console.hpp"

namespace ringtail::cli {

// Rows under their headings, columns as wide as they need to be.
class TextTable {
  public:
    explicit TextTable(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }
    void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
    // `nothing` is said when there is no row.
    void show(Console& console, std::string_view nothing) const;

  private:
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace ringtail::cli
