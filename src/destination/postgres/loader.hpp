#pragma once
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/postgres/plan.hpp"
#include "destination/postgres/rows.hpp"
#include "destination/postgres/widen.hpp"
#include "model/load.hpp"

namespace ringtail::postgres {

// Destination::load(), and the look-up of fingerprints, which needs the same plans.
class Loader {
  public:
    Loader(Connection& connection, Logger& log) : connection_(connection), log_(log) {}

    LoadStats load(const Load& load, std::stop_token stop);
    std::vector<std::optional<std::string>> fingerprints(const Table& table,
                                                         std::span<const std::string> keys);

    // The tables may have changed: what is known of them is read again.
    void forget();

  private:
    LoadStats attempt(const Load& load);
    void widen_all(const Load& load);
    Plan& plan_for(const Table& table);
    bool goes_direct(const Plan& plan);
    void make_stage(Plan& plan);
    std::uint64_t erase(const Plan& plan, const std::vector<std::string>& keys);
    void write_rows(Plan& plan, const Batch& batch, const std::string& changed, LostKeys& lost,
                    std::vector<Reject>& rejects, TableStats& stats);
    std::uint64_t copy(const Plan& plan, const Batch& batch, const std::string& statement,
                       const std::string& tail, LostKeys& lost, std::vector<Reject>& rejects);

    Connection& connection_;
    Logger& log_;
    std::map<std::string, Plan, std::less<>> plans_;  // by Table::name
    // Whether rows go straight into the table: yes while it was empty at this connection's first
    // load and no row was found to be there already.
    std::map<std::string, bool, std::less<>> direct_;
    NotWidened not_widened_;
    bool asks_for_parents_ =
        false;  // this load violated a foreign key: rows without their parent are rejects
};

}  // namespace ringtail::postgres
