#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "model/load.hpp"
#include "report/plan.hpp"

namespace ringtail::report {

// Whose rows, and of which day: what a refresh replaces.
struct Period {
    std::int64_t account_id = 0;
    std::int64_t processor_id = 0;  // the job's number
    std::string simple_date;        // YYYY-MM-DD, in the source's zone
};

// The tables' rows of one day, made from the source's. Pure. A row's key (_id, or id) is made of
// the period, the table and the rule's key, so rows of other jobs and days are never met; of rows
// with one key the last counts. A value that does not fit its column's type becomes null and a
// reject; where it is one of the key, the whole row does.
class DayRows {
  public:
    // What is passed must outlive this. `tables`: those of make_tables() as
    // Destination::prepare() returned them, or as they are.
    DayRows(const Plan& plan, std::span<const Table> tables, Period period);

    // A JSON object as the source delivered it; anything else becomes a reject.
    void add(std::string_view json);

    const std::vector<Batch>& batches() const { return batches_; }
    std::vector<Batch>& batches() { return batches_; }
    const std::vector<Reject>& rejects() const { return rejects_; }
    // Whether table `index` has a row with this key now.
    bool has(std::size_t index, const std::string& key) const { return keys_[index].contains(key); }
    std::size_t rows(std::size_t index) const { return keys_[index].size(); }

    std::uint64_t taken() const { return taken_; }          // of the source's rows, by the filter
    std::uint64_t same_keys() const { return same_keys_; }  // rows that gave way to a later one
    // Reject::key of all rejects: who replaces the day forgets what was rejected of it before.
    std::string period_key() const;

  private:
    void add_reports_row(const Row& row);
    void add_rule_rows(std::size_t index, Row row);
    void add_rule_row(std::size_t index, const Row& row);
    std::string id_of(std::size_t index, std::string_view key) const;
    void keep(std::size_t index, const std::string& id);

    const Plan& plan_;
    const Period period_;
    const std::string account_, processor_;
    std::vector<Batch> batches_;
    std::vector<Reject> rejects_;
    std::vector<std::unordered_set<std::string>> keys_;
    std::uint64_t taken_ = 0, same_keys_ = 0;
    std::vector<Cell> cells_;
    std::vector<std::string> scratch_, forms_;
};

}  // namespace ringtail::report
