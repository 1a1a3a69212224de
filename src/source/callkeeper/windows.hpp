#pragma once
#include <cstddef>
#include <optional>

#include "base/zone.hpp"
#include "source/callkeeper/position.hpp"

// Which periods a day is read in. Pure.
namespace ringtail::callkeeper {

struct Window {
    Instant from, to;
    Day day;
    bool ends_day = false;
};

// How busy the account is: a window is made as long as keeps its answer below the wanted number of
// calls, as far as the ones before it can tell.
class Pace {
  public:
    // `calls_per_hour`: of an earlier run; 0: not known.
    explicit Pace(double calls_per_hour) : per_hour_(calls_per_hour) {}
    void note(const Window& window, std::size_t calls);
    std::chrono::seconds window_for(std::size_t calls) const;
    double calls_per_hour() const { return per_hour_; }

  private:
    double per_hour_;
};

// The next window of `day` from `at` on (the day's beginning at first).
Window next_window(const Zone& zone, Day day, Instant at, std::chrono::seconds length);

// What to ask for, so that every call of the window comes whichever way the service reads the
// bounds: it may take either as not included; a call of the first second may come twice. Windows
// that reach into the future are asked for a day longer, as the service may know another zone than
// the one it is given.
struct AskedPeriod {
    Instant from, to;
};
AskedPeriod asked_period(const Window& window, Instant now);

}  // namespace ringtail::callkeeper
