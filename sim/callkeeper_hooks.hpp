#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/log.hpp"
#include "callkeeper_api.hpp"
#include "callkeeper_record.hpp"

namespace ringtail::sim {

// Which hooks of which calls have been acknowledged, and in which format the last one of each kind
// travelled. Safe from any thread.
class HookBook {
  public:
    explicit HookBook(std::uint64_t calls) : states_(calls, 0) {}
    void acknowledged(std::uint64_t index, CallFeed hook, HookFormat format);
    // The hook that counts for the call: "over" when there was one.
    struct Last {
        CallFeed hook;
        HookFormat format;
    };
    std::optional<Last> last(std::uint64_t index) const;

  private:
    mutable std::mutex mutex_;
    std::vector<std::uint8_t> states_;  // four bits for each kind of hook: 8 + the format
};

// Sends hooks over HTTP.
class HookSender {
  public:
    HookSender(const CallBook& book, const CallClock& clock, const CallSwitches& switches,
               HookBook& sent)
        : book_(book), clock_(clock), switches_(switches), sent_(sent) {}

    HookCounts send(const HookOptions& options);
    void follow(const HookOptions& options);

  private:
    void run(const HookOptions& options, std::int64_t told, const std::stop_token& stop);

    const CallBook& book_;
    const CallClock& clock_;
    const CallSwitches& switches_;
    HookBook& sent_;
    std::mutex mutex_;       // of what follows
    std::jthread follower_;  // the last member: it is stopped and joined before the others go
};

}  // namespace ringtail::sim
