#pragma once
#include <atomic>
#include <deque>
#include <mutex>

#include "callkeeper_plan.hpp"
#include "callkeeper_readings.hpp"
#include "faults.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

// The clock of the stand-in.
class CallClock {
  public:
    explicit CallClock(std::optional<Instant> fixed) : fixed_(fixed) {}
    Instant now() const;
    std::int64_t second() const;
    void advance(std::chrono::seconds by) { ahead_ += by.count(); }

  private:
    const std::optional<Instant> fixed_;
    std::atomic<std::int64_t> ahead_{0};
};

// CallKeeper's reading methods over a CallBook (facts/callkeeper.md A), spoilt by Faults. Safe from
// any thread.
class CallApi {
  public:
    CallApi(const CallKeeperOptions& options, CallBook& book, CallClock& clock,
            CallSwitches& switches, Faults& faults);
    http::Answer answer(const http::ServerRequest& request);

    void set_latency(std::chrono::milliseconds latency) { latency_ms_ = latency.count(); }
    CallKeeperStats stats() const;
    void reset_stats();
    std::vector<RequestLine> requests() const;

  private:
    struct Asked;
    http::Answer dispatch(const Asked& asked);
    http::Answer user_info(const Asked& asked);
    http::Answer call_info(const Asked& asked);
    http::Answer calls(const Asked& asked);
    std::optional<http::Answer> refused(const Asked& asked) const;
    static std::optional<std::string> zone_of_dates(const Asked& asked);

    const std::string key_;
    CallBook& book_;
    CallClock& clock_;
    CallSwitches& switches_;
    Faults& faults_;
    std::atomic<std::int64_t> latency_ms_;
    std::shared_ptr<std::atomic<std::uint64_t>> in_flight_ =
        std::make_shared<std::atomic<std::uint64_t>>(0);
    std::shared_ptr<std::atomic<std::uint64_t>> calls_sent_ =
        std::make_shared<std::atomic<std::uint64_t>>(0);
    mutable std::mutex mutex_;
    CallKeeperStats stats_;
    std::deque<RequestLine> log_;
};

}  // namespace ringtail::sim
