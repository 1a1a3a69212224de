#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <span>
#include <stop_token>
#include <thread>

#include "base/log.hpp"
#include "control/journal.hpp"

namespace ringtail::web {

// Gathers what came in for a few seconds, so that a burst of hooks is one row of the journal. Safe
// to use from any thread; add() never waits for the disk.
class HookJournal {
  public:
    using Write = std::function<void(std::span<const control::Received>)>;

    HookJournal(Write write, std::chrono::milliseconds gather, Logger& log);
    ~HookJournal();  // writes what it has
    HookJournal(const HookJournal&) = delete;
    HookJournal& operator=(const HookJournal&) = delete;

    void add(std::int64_t source, Instant at, std::uint64_t stored, std::uint64_t rejected);

  private:
    void run(const std::stop_token& stop);

    const Write write_;
    const std::chrono::milliseconds gather_;
    Logger& log_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::int64_t, control::Received> gathered_;
    std::jthread thread_;
};

}  // namespace ringtail::web
