#pragma once
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string_view>
#include <vector>

#include "destination/destination.hpp"
#include "jobs/compare_rows.hpp"
#include "pipeline/stored.hpp"

namespace ringtail::jobs {

// A part with what is stored of it.
struct Facing {
    Part part;
    std::vector<StoredRow> here;
    Compared compared;
    LoadedAgain again;                  // of what is missing, changed or extra
    std::set<std::string> absent = {};  // LoadedAgain::absent
};

// Reads the parts of a comparison, and compares each with what is stored. Writes nothing.
class PartReader {
  public:
    // `tables`: ComparisonPlan::tables, as prepared where they are. What is passed must outlive
    // this. Error(config) where the destination's rows cannot be read.
    PartReader(ComparisonPlan& plan, Destination& destination, std::span<const Table> tables,
               std::string_view position);

    // The keys of a part whose rows are to be removed if the source does not have them.
    using Doubt = std::function<std::vector<std::string>(const Facing& facing)>;
    std::optional<Facing> next(const Doubt& doubt, const std::stop_token& stop);
    // Reads once more what is stored, and compares it.
    void read_here(Facing& facing, const std::stop_token& stop);

    RowReader& rows() { return rows_; }

  private:
    ComparisonPlan& plan_;
    RowReader& rows_;
    StoredRows stored_;
};

}  // namespace ringtail::jobs
