#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "callkeeper.hpp"

namespace ringtail::sim {

// One call of the stand-in's account, worked out from the seed and its number. Seconds are since
// 1970-01-01T00:00:00Z.
struct CallPlan {
    // How a call comes to its final state, besides being processed first.
    enum class Life : std::uint8_t {
        plain,
        scheduled,  // 2/0 for a while before it begins
        waiting,    // over as 707/0, and something else hours later
        late_talk,  // over as 200/200, its talk time follows later
    };
    // Where it stands at a moment.
    enum class Stage : std::uint8_t { scheduled, processing, waiting, without_talk, settled };

    std::uint64_t index = 0;
    std::int64_t id = 0;
    std::int64_t date = 0;      // second of the order
    std::uint64_t dice = 0;     // of this call
    std::uint64_t visitor = 0;  // of the visit, the same for all attempts
    unsigned attempt = 1;
    int status = 200, status2 = 200;  // in the end (facts A7)
    Life life = Life::plain;
    std::int64_t begins = 0, over = 0, settles = 0;  // date <= begins <= over <= settles
    std::int64_t duration = 0, talk = 0;             // seconds
    std::uint32_t odd = 0;                           // bits of CallOdd
    unsigned version = 0;                            // how often it was changed afterwards

    // False: it stays processing or scheduled for ever, and has no hook "Call is over".
    bool ends() const { return status2 != 0 || (status != 1 && status != 2); }
    Stage stage(std::int64_t now) const;
};

// All pairs of facts A7, and one nobody knows.
struct StatusPair {
    int status, status2;
};
const std::vector<StatusPair>& status_pairs();
std::string_view status_reason(int code);  // empty where nothing is said

// The account's calls, in the order of their dates; index 0 is the first. Safe from any thread.
class CallBook {
  public:
    explicit CallBook(const CallKeeperOptions& options);  // Error(config) on a wrong option

    std::uint64_t size() const { return days_ * per_day_; }
    std::int64_t first_second() const { return first_; }
    std::int64_t date_of(std::uint64_t index) const;
    CallPlan plan(std::uint64_t index) const;
    // The first call whose date is `second` or later; size() when there is none.
    std::uint64_t first_from(std::int64_t second) const;
    std::optional<std::uint64_t> find(std::int64_t id) const;

    // Calls changed or removed after they were over; which ones follows from the seed. Only calls
    // before `end`.
    void change(std::uint32_t count, std::uint64_t end);
    void remove(std::uint32_t count, std::uint64_t end);
    bool is_removed(std::uint64_t index) const;
    // Calls that listings leave out, though they exist.
    void hide(std::uint32_t count, std::uint64_t end);
    bool is_listed(std::uint64_t index) const;  // neither removed nor hidden
    void restore();                             // what was removed or hidden

  private:
    std::int64_t second_of_day(std::uint64_t day, std::uint64_t number) const;
    std::uint64_t dice_of(std::uint64_t index) const;
    StatusPair pair_of(std::uint64_t index) const;
    std::optional<std::uint64_t> retried(std::uint64_t index) const;  // what it is a retry of

    std::uint64_t seed_, per_day_, days_;
    std::int64_t first_ = 0;
    double odd_;
    mutable std::shared_mutex mutex_;
    std::map<std::uint64_t, unsigned> versions_;
    std::set<std::uint64_t> removed_, hidden_;
    std::uint64_t changes_ = 0;
};

}  // namespace ringtail::sim
