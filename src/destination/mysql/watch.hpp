#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "destination/relational/session.hpp"

namespace ringtail::mysql {

// While it lives, waits for a patience to end, on a thread of its own, and then calls `cut`, which
// must make the call that is under way return.
class Watch {
  public:
    Watch(const relational::Patience& patience, bool committing, std::function<void()> cut);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    enum class End : std::uint8_t { none, stopped, late };
    // Whether `cut` was called, and why.
    End end() const;

  private:
    using Time = std::chrono::steady_clock;
    void wait(const relational::Patience& patience, bool committing,
              const std::function<void()>& cut);

    mutable std::mutex mutex_;
    std::condition_variable_any changed_;
    bool done_ = false;
    End end_ = End::none;
    std::jthread thread_;
};

}  // namespace ringtail::mysql
