#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "destination/relational/parents.hpp"
#include "destination/relational/plan.hpp"
#include "model/batch.hpp"
#include "model/int64_text.hpp"
#include "model/load.hpp"
#include "sql/value.hpp"

namespace ringtail::relational {

// A value came that a column could hold were it wider: the load is given up, the column widened,
// the load repeated.
struct TooNarrow {};

// {"column":value,…} of the row's cells that are not null.
std::string row_json(const Plan& plan, const Batch& batch, std::size_t row);

// Where rejects go, and which rows are rejected because their parent was.
class Rejecter {
  public:
    // The keys of rejected rows go to `lost`. All arguments but `missing` are kept by reference.
    Rejecter(const Plan& plan, const Batch& batch, std::vector<MissingParents> missing,
             LostKeys& lost, std::vector<Reject>& rejects)
        : plan_(plan),
          batch_(batch),
          missing_(std::move(missing)),
          lost_(lost),
          rejects_(rejects) {}

    // False, and a reject, where the row points at one of `missing`.
    bool has_parents(std::size_t row) { return missing_.empty() || check_parents(row); }
    bool asks_for_parents() const { return !missing_.empty(); }
    // A reject for a value that is stored as NULL. False where the row cannot be without it.
    bool reject(std::size_t row, std::size_t cell, const sql::Fitted& fitted);
    // One reject for the whole row instead of those of its cells, of which the last, its key's,
    // says why.
    void reject_row_of_key(std::size_t row, std::size_t first_reject);
    std::size_t count() const { return rejects_.size(); }

  private:
    bool check_parents(std::size_t row);
    void reject_row(std::size_t row, std::string_view column, std::string reason);

    const Plan& plan_;
    const Batch& batch_;
    std::vector<MissingParents> missing_;
    LostKeys& lost_;
    std::vector<Reject>& rejects_;
};

// Writes rows of one batch for the database, values fitted to the columns. The form is the Sink's,
// which appends to `out` one row's fields in the order of Plan::columns():
//
//   void begin_row(std::string& out);
//   void value(std::string_view text, const Field& field, std::string& out);
//   void null(std::string& out);
//   void between(std::string& out);  // two fields
//   void end_row(std::string& out);
//
// What cannot be stored goes to the rejecter; a row that is rejected whole leaves nothing in `out`.
template <typename Sink>
class RowWriter {
  public:
    RowWriter(const Plan& plan, const Batch& batch, Rejecter& rejecter, Sink sink)
        : plan_(plan), batch_(batch), rejecter_(rejecter), sink_(std::move(sink)) {}

    // Whether the row was appended to `out`. Throws TooNarrow.
    bool append(std::size_t row, std::string& out) {
        if (!rejecter_.has_parents(row)) return false;
        const std::size_t start = out.size();
        const std::size_t rejects = rejecter_.count();
        sink_.begin_row(out);
        if (append_cells(row, out)) {
            sink_.end_row(out);
            return true;
        }
        out.resize(start);
        rejecter_.reject_row_of_key(row, rejects);
        return false;
    }

  private:
    using Outcome = sql::Fitted::Outcome;

    bool append_cells(std::size_t row, std::string& out) {
        bool first = true;
        for (std::size_t cell = 0; cell < plan_.fields.size(); ++cell) {
            const Field& field = plan_.fields[cell];
            if (field.column.name.empty()) continue;
            if (!first) sink_.between(out);
            first = false;
            if (field.is_whole_key && !is_whole_key(row, cell)) return false;
            const sql::Fitted fitted = sql::fit(batch_.at(row, cell), field.column.type, scratch_);
            if (fitted.outcome == Outcome::value) {
                sink_.value(fitted.text, field, out);
                continue;
            }
            if (fitted.outcome == Outcome::too_narrow && wider_would_do(row, cell))
                throw TooNarrow();
            sink_.null(out);
            if (fitted.outcome != Outcome::null) {
                if (!rejecter_.reject(row, cell, fitted)) return false;
            } else if (field.is_key) {
                return rejecter_.reject(row, cell, {Outcome::reject, {}, "the key is empty"});
            }
        }
        return true;
    }

    bool is_whole_key(std::size_t row, std::size_t cell) {
        const std::string_view text = batch_.at(row, cell).text;
        if (int64_in(text)) return true;
        return rejecter_.reject(
            row, cell, {Outcome::reject, {}, text.empty() ? "the key is empty" : kNoWholeKey});
    }

    bool wider_would_do(std::size_t row, std::size_t cell) const {
        const Field& field = plan_.fields[cell];
        std::string scratch;
        return field.cannot_widen.empty() &&
               (!field.widest || sql::fit(batch_.at(row, cell), *field.widest, scratch).outcome !=
                                     Outcome::too_narrow);
    }

    const Plan& plan_;
    const Batch& batch_;
    Rejecter& rejecter_;
    Sink sink_;
    std::string scratch_;
};

}  // namespace ringtail::relational
