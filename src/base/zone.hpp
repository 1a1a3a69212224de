#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace ringtail {

// A time zone of the IANA database on this machine. Cheap to copy; safe from several threads.
class Zone {
  public:
    // `name` as in "Europe/Moscow" or "UTC". Error(config) for one that is not known, with a near
    // one that is.
    explicit Zone(const std::string& name);

    const std::string& name() const { return name_; }

    // What clocks there show, to the second below.
    std::chrono::local_seconds local(Instant instant) const;
    std::chrono::local_days day(Instant instant) const {
        return std::chrono::floor<std::chrono::days>(local(instant));
    }

    // When clocks there show `time`: the first of the two times when they show it twice, and the
    // moment they are put forward when they skip it.
    Instant instant(std::chrono::local_seconds time) const;
    // When a day begins. A day lasts until the next one begins: 23 to 25 hours, mostly.
    Instant start(std::chrono::local_days day) const { return instant(day); }

    // How far clocks there are ahead of UTC, from `since` on until the next one's.
    struct Offset {
        std::chrono::sys_seconds since;
        std::chrono::seconds seconds;
    };
    // Never empty; the first is since `from`, the others before `until`.
    std::vector<Offset> offsets(std::chrono::sys_seconds from,
                                std::chrono::sys_seconds until) const;

  private:
    struct Rules;
    std::string name_;
    std::shared_ptr<const Rules> rules_;
};

}  // namespace ringtail
