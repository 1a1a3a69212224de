#pragma once
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/postgres/first_fill.hpp"
#include "destination/postgres/plan.hpp"
#include "destination/relational/plan.hpp"
#include "destination/relational/repeat.hpp"
#include "model/load.hpp"

namespace ringtail::postgres {

// Destination::load(), and the look-up of fingerprints, which needs the same plans.
class Loader {
  public:
    Loader(Connection& connection, FirstFill& first_fill, Logger& log)
        : connection_(connection), first_fill_(first_fill), log_(log) {}

    LoadStats load(const Load& load, std::stop_token stop);
    std::vector<std::optional<std::string>> fingerprints(const Table& table,
                                                         std::span<const std::string> keys);

    // The tables may have changed: what is known of them is read again.
    void forget();

  private:
    LoadStats attempt(const Load& load);
    void widen_all(const Load& load);
    bool was_empty(const Plan& plan);
    void make_stage(Plan& plan);
    std::uint64_t erase(const Plan& plan, const std::vector<std::string>& keys);

    Connection& connection_;
    FirstFill& first_fill_;
    Logger& log_;
    relational::Plans<Plan> plans_{
        [this](const Table& table) { return make_plan(connection_, table); }};
    relational::Assumptions assumptions_;
};

}  // namespace ringtail::postgres
