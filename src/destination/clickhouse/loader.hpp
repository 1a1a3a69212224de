#pragma once
#include <map>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "destination/clickhouse/pace.hpp"
#include "destination/clickhouse/plan.hpp"
#include "destination/clickhouse/rows.hpp"
#include "destination/clickhouse/version.hpp"
#include "destination/clickhouse/widen.hpp"
#include "model/load.hpp"

namespace ringtail::clickhouse {

// Writes loads. In this order, each thing durable before the next: the rows, parents first; the
// rejects; the rechecks; the checkpoint. After an error some of it may be there, but never a
// checkpoint without what it covers.
class Loader {
  public:
    Loader(Server& server, Clock& clock, Logger& log)
        : server_(server), log_(log), pace_(clock, server.url().pause), versions_(clock) {}

    LoadStats load(const Load& load, const std::stop_token& stop);
    // What is known of tables and refusals; prepare() may have changed them.
    void forget();

    Pace& pace() { return pace_; }
    Versions& versions() { return versions_; }

  private:
    LoadStats attempt(const Load& load, const std::stop_token& stop);
    // The batches' rows, after the columns that are too narrow have been widened.
    std::vector<FittedRows> fit(const Load& load, std::vector<Reject>& rejects,
                                const std::stop_token& stop);
    const Plan& plan_for(const Table& table);

    Server& server_;
    Logger& log_;
    Pace pace_;
    Versions versions_;
    std::map<std::string, Plan> plans_;  // by table name
    Refusals refusals_;
};

}  // namespace ringtail::clickhouse
