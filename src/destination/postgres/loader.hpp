#pragma once
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/postgres/plan.hpp"
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
    // Whether the load may work when it is done again: something that was assumed of the database
    // was not so.
    bool learns_from(const SqlError& error);
    void widen_all(const Load& load);
    Plan& plan_for(const Table& table);
    bool was_empty(const Plan& plan);
    void make_stage(Plan& plan);
    std::uint64_t erase(const Plan& plan, const std::vector<std::string>& keys);

    Connection& connection_;
    Logger& log_;
    std::map<std::string, Plan, std::less<>> plans_;  // by Table::name
    // Whether a table was empty at this object's first load into it, and no row was found to be
    // there since.
    std::map<std::string, bool, std::less<>> was_empty_;
    NotWidened not_widened_;
    // About the load under way:
    bool plans_are_old_ = false;  // they were made for an earlier one
    bool asks_for_parents_ =
        false;            // it violated a foreign key: rows without their parent are rejects
    int collisions_ = 0;  // rows that were taken for new were there
};

}  // namespace ringtail::postgres
