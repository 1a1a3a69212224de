#pragma once
#include <string>
#include <vector>

#include "destination/relational/parents.hpp"
#include "destination/relational/relational.hpp"
#include "model/load.hpp"

namespace ringtail::relational {

// Which rows of a batch are taken for new ones.
enum class Assume : std::uint8_t {
    all_new,  // the table was empty; should one be there already, the server refuses
    nothing,  // the server is asked
};

// One batch on its way into its table, within the transaction of a load.
class BatchLoad {
  public:
    // All arguments but `missing` are kept by reference. `changed` goes to Table::changed. Rows
    // that point at one of `missing` are rejects.
    BatchLoad(Database& database, const Plan& plan, const Batch& batch, const std::string& changed,
              std::vector<MissingParents> missing, LostKeys& lost, std::vector<Reject>& rejects);

    // Throws TooNarrow, and SqlError(duplicate_key) where a row that was taken for new is there.
    void run(Assume assume, TableStats& stats);

  private:
    bool upsert(const std::vector<bool>& last, TableStats& stats);
    void run_to_table(Assume assume, const std::vector<bool>& last, TableStats& stats);
    void run_to_stage(const std::vector<bool>& last, TableStats& stats);
    std::vector<bool> find_existing(const std::vector<bool>& last);
    std::uint64_t merge(const std::string& statement);

    Database& database_;
    const Plan& plan_;
    const Batch& batch_;
    Rejecter rejecter_;
    Merge merge_;
    Param changed_;
};

}  // namespace ringtail::relational
