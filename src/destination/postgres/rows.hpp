#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "destination/postgres/parents.hpp"
#include "destination/postgres/plan.hpp"
#include "model/batch.hpp"
#include "model/load.hpp"
#include "sql/value.hpp"

namespace ringtail::postgres {

// A value came that a column could hold were it wider: the load is given up, the column widened,
// the load repeated.
struct TooNarrow {};

// Writes rows of one batch as COPY text, values fitted to the columns. What cannot be stored goes
// to `rejects`.
class RowWriter {
  public:
    // `tail` ends each row: empty, or a further field with the tabulator before it. Rows that point
    // at `missing` are rejected; the keys of rejected rows go to `lost`. All arguments but
    // `missing` are kept by reference.
    RowWriter(const Plan& plan, const Batch& batch, const std::string& tail,
              std::vector<MissingParents> missing, LostKeys& lost, std::vector<Reject>& rejects);

    // Appends the row to `out`, or nothing where the whole row is rejected. Throws TooNarrow.
    void append(std::size_t row, std::string& out);

  private:
    bool append_cells(std::size_t row, std::string& out);
    // NULL and a reject. False where the row cannot be without the value.
    bool reject(std::size_t row, std::size_t cell, const sql::Fitted& fitted);
    void reject_row(std::size_t row, std::string_view column, std::string reason);
    bool has_parents(std::size_t row);

    const Plan& plan_;
    const Batch& batch_;
    const std::string& tail_;
    std::vector<MissingParents> missing_;
    LostKeys& lost_;
    std::vector<Reject>& rejects_;
    std::string scratch_;
};

// {"column":value,…} of the row's cells that are not null.
std::string row_json(const Plan& plan, const Batch& batch, std::size_t row);

}  // namespace ringtail::postgres
