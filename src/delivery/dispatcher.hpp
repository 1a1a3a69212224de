#pragma once
#include <cstdint>
#include <deque>
#include <random>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "control/outbox.hpp"
#include "delivery/retry.hpp"
#include "delivery/sender.hpp"

namespace ringtail::delivery {

struct DispatchOptions {
    RetryOptions retry;
    unsigned in_flight = 16;
    double rate = 5, burst = 10;      // attempts a second; rate 0: no limit
    std::chrono::hours keep{7 * 24};  // what was delivered is forgotten after so long
};

struct DispatchStats {
    std::uint64_t delivered = 0, failed_attempts = 0, dead = 0;
};

// Takes what is due from an outbox, hands it to a sender and settles what comes back. All time
// comes from the clock. Belongs to one thread, as does the outbox.
class Dispatcher {
  public:
    Dispatcher(control::Outbox& outbox, Sender& sender, DispatchOptions options, Clock& clock,
               Logger& log);

    // Settles the attempts that have ended, in one commit, and begins new ones. Returns when to
    // call again, if no attempt ends before. After Error(transient) nothing is lost: call again.
    // Error(config) when the receiver wants nothing any more (410).
    Instant step();

    void close() { closed_ = true; }  // step() only settles from now on
    bool is_idle() const { return under_way_.empty() && answered_.empty(); }
    // No attempt is under way and nothing is left to be made.
    bool is_drained() { return is_idle() && !outbox_.owes(); }
    const DispatchStats& stats() const { return stats_; }
    const Breaker& breaker() const { return breaker_; }
    // How often since the last delivery the receiver was tried again after a pause, and found down
    // or asked for another one (429, 503 with Retry-After).
    unsigned in_vain() const { return breaker_.failed_probes() + holds_; }

  private:
    struct UnderWay {
        std::string contact;
        unsigned attempts = 0;
        bool is_probe = false;
    };
    control::Settlement judge_one(const Answered& answered, Instant now);
    void take_answers(Instant now);
    void settle(Instant now);
    void begin_some(Instant now);
    bool has_room() const;
    bool fetch(Instant now);
    Instant wake_at(Instant now);
    void keep_small(Instant now);
    double chance() { return std::uniform_real_distribution<double>(0, 1)(random_); }

    control::Outbox& outbox_;
    Sender& sender_;
    const DispatchOptions options_;
    Clock& clock_;
    Logger& log_;
    Breaker breaker_;
    TokenBucket bucket_;
    std::mt19937 random_{std::random_device{}()};
    std::deque<control::Delivery> ready_;     // read from the outbox, not yet begun
    std::unordered_set<std::int64_t> taken_;  // ready, under way, or answered and not settled
    std::unordered_map<std::int64_t, UnderWay> under_way_;
    std::vector<control::Settlement> answered_;  // not settled yet
    Instant hold_until_;                         // the receiver asked for it
    unsigned holds_ = 0;                         // in a row
    Instant small_at_;                           // when to forget what is old next
    DispatchStats stats_;
    bool closed_ = false, gone_ = false;
};

}  // namespace ringtail::delivery
