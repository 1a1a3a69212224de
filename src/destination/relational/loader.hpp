#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/relational/plan.hpp"
#include "destination/relational/relational.hpp"
#include "destination/relational/repeat.hpp"
#include "model/load.hpp"

namespace ringtail::relational {

// Destination::load(), and the look-up of fingerprints, which needs the same plans.
class Loader {
  public:
    Loader(Database& database, Logger& log) : database_(database), log_(log) {}

    LoadStats load(const Load& load, std::stop_token stop);
    std::vector<std::optional<std::string>> fingerprints(const Table& table,
                                                         std::span<const std::string> keys);

    // The tables may have changed: what is known of them is read again.
    void forget();

  private:
    LoadStats attempt(const Load& load);
    Plan plan(const Table& table);
    bool was_empty(const Plan& plan);
    void make_stage(Plan& plan);
    std::uint64_t erase(const Plan& plan, const std::vector<std::string>& keys);
    std::vector<MissingParents> missing_parents(const Plan& plan, const Batch& batch);
    void widen_all(const Load& load);
    void tell_keys_apart(const Load& load);
    Widening widening(const Table& table);

    Database& database_;
    Logger& log_;
    Plans<Plan> plans_{[this](const Table& table) { return plan(table); }};
    Assumptions assumptions_;
};

}  // namespace ringtail::relational
