#pragma once
#include <memory>
#include <stop_token>
#include <unordered_set>

#include "base/clock.hpp"
#include "source/callkeeper/api.hpp"
#include "source/callkeeper/arrivals.hpp"
#include "source/callkeeper/windows.hpp"
#include "source/source.hpp"

namespace ringtail::callkeeper {

// Asks the API for calls that are not settled and whose time has come.
class SettleStep {
  public:
    // What is passed must outlive this.
    SettleStep(Api& api, Clock& clock, const Pace& pace, Intake& intake, Stored& stored)
        : api_(api), clock_(clock), pace_(pace), intake_(intake), stored_(stored) {}

    // Some of the calls that are due, as the API tells them now; nothing when none is, or when it
    // has just been looked.
    std::unique_ptr<Arrivals> read(const std::stop_token& stop);

  private:
    struct Due {
        std::int64_t id;
        std::optional<Instant> date;
    };
    std::vector<Due> due(Instant now);
    // How many from `first` on are better asked for as one period; 0: none.
    std::size_t period(const std::vector<Due>& due, std::size_t first) const;
    void ask_one_by_one(const std::vector<std::int64_t>& ids, Arrivals& into,
                        const std::stop_token& stop);

    Api& api_;
    Clock& clock_;
    const Pace& pace_;
    Intake& intake_;
    Stored& stored_;
    std::optional<Instant> look_again_;
    // What was asked in this round: what came of it may not be stored yet.
    std::unordered_set<std::int64_t> asked_;
};

}  // namespace ringtail::callkeeper
