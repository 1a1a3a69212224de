#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <stop_token>

namespace ringtail {

// Some places, taken by whoever has waited longest. Safe from any thread.
class Turns {
  public:
    explicit Turns(std::size_t places) : free_(places) {}
    Turns(const Turns&) = delete;
    Turns& operator=(const Turns&) = delete;

    // A place, for as long as it lives.
    class Turn {
      public:
        explicit Turn(Turns& turns) : turns_(turns) {}
        ~Turn() { turns_.leave(); }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

      private:
        Turns& turns_;
    };

    // Waits for a place; false when the stop came first, or `patience` ran out. Who got one makes a
    // Turn of it.
    bool enter(const std::stop_token& stop,
               std::optional<std::chrono::milliseconds> patience = std::nullopt);
    std::size_t waiting() const;

  private:
    struct Waiter {
        std::condition_variable_any called;
        bool has_place = false;
    };
    void leave();

    mutable std::mutex mutex_;
    std::size_t free_;
    std::list<Waiter*> waiting_;
};

}  // namespace ringtail
