#pragma once
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "destination/postgres/plan.hpp"
#include "model/batch.hpp"
#include "model/load.hpp"
#include "sql/value.hpp"

namespace ringtail::postgres {

// A value came that a column could hold were it wider: the load is given up, the column widened,
// the load repeated.
struct TooNarrow {};

// The keys of rows that could not be stored, by source table: their child rows cannot be stored
// either.
using LostKeys = std::map<std::string, std::set<std::string, std::less<>>, std::less<>>;

// Writes rows of one batch as COPY text, values fitted to the columns. What cannot be stored goes
// to `rejects`.
class RowWriter {
  public:
    // `tail` ends each row: empty, or a further field with the tabulator before it. All arguments
    // are kept by reference.
    RowWriter(const Plan& plan, const Batch& batch, const std::string& tail, LostKeys& lost,
              std::vector<Reject>& rejects);

    // Appends the row to `out`, or nothing where the whole row is rejected. Throws TooNarrow.
    void append(std::size_t row, std::string& out);

  private:
    struct Parent {
        std::size_t cell;
        std::string table;
        const std::set<std::string, std::less<>>* lost;
    };
    bool append_cells(std::size_t row, std::string& out);
    // NULL and a reject. False where the row cannot be without the value.
    bool reject(std::size_t row, std::size_t cell, const sql::Fitted& fitted);
    void reject_row(std::size_t row, std::string_view column, std::string reason);
    bool has_parents(std::size_t row);

    const Plan& plan_;
    const Batch& batch_;
    const std::string& tail_;
    LostKeys& lost_;
    std::vector<Reject>& rejects_;
    std::vector<Parent> parents_;  // only those that lost rows
    std::string scratch_;
};

// {"column":value,…} of the row's cells that are not null.
std::string row_json(const Plan& plan, const Batch& batch, std::size_t row);

}  // namespace ringtail::postgres
