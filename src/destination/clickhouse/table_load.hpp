#pragma once
#include <cstdint>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "destination/clickhouse/existing.hpp"
#include "destination/clickhouse/pace.hpp"
#include "destination/clickhouse/rows.hpp"
#include "destination/clickhouse/version.hpp"

namespace ringtail::clickhouse {

// Writes one batch: looks up which of its keys are there and with what hash, and inserts what is
// new or different, and marks of what is deleted.
class TableLoad {
  public:
    TableLoad(Server& server, const Plan& plan, const Batch& batch, const FittedRows& fitted)
        : server_(server), plan_(plan), batch_(batch), fitted_(fitted) {}

    // `distrust`: as in Load; all rows are written then.
    TableStats run(Instant now, bool distrust, Pace& pace, Versions& versions,
                   const std::stop_token& stop);

  private:
    struct Write {
        const FittedRows::Row* row = nullptr;
        const Existing* there = nullptr;  // none: a new key
    };
    void look_up(const std::stop_token& stop);
    void decide(bool distrust, TableStats& stats);
    std::string erased_fields(const std::string& key) const;

    Server& server_;
    const Plan& plan_;
    const Batch& batch_;
    const FittedRows& fitted_;
    std::set<std::string> erased_;  // as FittedRows::Row::key
    ExistingRows existing_;
    std::vector<Write> writes_;
    std::vector<std::pair<std::string, const Existing*>> deletions_;
};

}  // namespace ringtail::clickhouse
