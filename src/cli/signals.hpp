#pragma once
#include <chrono>
#include <csignal>
#include <functional>
#include <stop_token>
#include <string_view>
#include <thread>

namespace ringtail::cli {

// SIGTERM, SIGINT and SIGHUP, taken by a thread: the first requests a stop, a second ends the
// process at once, and so does kDeadline after the first; both are safe, as loads are transactions.
// A signal that was ignored when the program started (nohup) stays so. To be made before any other
// thread, as threads inherit what is blocked.
class Signals {
  public:
    // Told on the thread of its own what happens.
    using Say = std::function<void(std::string_view line)>;
    explicit Signals(Say say);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    static constexpr std::chrono::seconds kDeadline{9};

    std::stop_source& stop() { return stop_; }

  private:
    void watch();

    Say say_;
    std::stop_source stop_;
    sigset_t before_{};
    int signals_ = -1;  // signalfd
    int ended_ = -1;    // eventfd: the destructor wants the thread to end
    std::jthread thread_;
};

}  // namespace ringtail::cli
