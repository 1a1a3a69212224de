#pragma once
#include <string>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/postgres/plan.hpp"
#include "destination/relational/parents.hpp"
#include "model/batch.hpp"
#include "model/load.hpp"

namespace ringtail::postgres {

using relational::LostKeys;
using relational::MissingParents;

// Which rows of a batch are taken for new ones.
enum class Assume : std::uint8_t {
    all_new,  // the table was empty; should one be there already, the server refuses
    nothing,  // the server is asked
};

// One batch on its way into its table, within the transaction of a load: rows that are not there
// yet are copied straight into the table, the others to a stage, from where those that differ
// update theirs.
class BatchLoad {
  public:
    // All arguments are kept by reference. `changed` goes to Table::changed.
    BatchLoad(Connection& connection, const Plan& plan, const Batch& batch,
              const std::string& changed, LostKeys& lost, std::vector<Reject>& rejects)
        : connection_(connection),
          plan_(plan),
          batch_(batch),
          changed_(changed),
          lost_(lost),
          rejects_(rejects) {}

    // Rows that point at one of these are rejects.
    void without(std::vector<MissingParents> missing) { missing_ = std::move(missing); }

    // Throws TooNarrow, and SqlError 23505 where a row that was taken for new is there.
    void run(Assume assume, TableStats& stats);

  private:
    std::vector<std::size_t> find_existing(const std::vector<bool>& last);
    // `changed`: a further field of each row; null: there is none.
    std::uint64_t copy(const std::vector<std::size_t>& rows, const std::string& statement,
                       const Param* changed);
    template <typename Sink>
    std::uint64_t copy_by(Sink sink, const std::vector<std::size_t>& rows,
                          const std::string& statement);

    Connection& connection_;
    const Plan& plan_;
    const Batch& batch_;
    const std::string& changed_;
    LostKeys& lost_;
    std::vector<Reject>& rejects_;
    std::vector<MissingParents> missing_;
};

}  // namespace ringtail::postgres
