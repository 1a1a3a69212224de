#pragma once
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <tuple>
#include <vector>

#include "contact_index.hpp"

namespace ringtail::sim {

// One transaction of the data set, live changes aside.
struct BaseEvent {
    std::int64_t fired;
    std::uint32_t contact;
    std::uint16_t step;
    friend bool operator<(const BaseEvent& a, const BaseEvent& b) {
        return std::tie(a.fired, a.contact, a.step) < std::tie(b.fired, b.contact, b.step);
    }
};

// The data set's transactions by the day they were fired. A day is put together when it is asked
// for: a contact's transactions lie within a week before its last change, so a week of contacts has
// to be looked at. Safe from any thread.
class EventDays {
  public:
    EventDays(const Shape& shape, const ContactIndex& index) : shape_(shape), index_(index) {}
    // Sorted. `day`: since 1970, UTC.
    std::shared_ptr<const std::vector<BaseEvent>> day(std::int32_t day) const;

  private:
    using Day = std::shared_ptr<const std::vector<BaseEvent>>;
    const Shape& shape_;
    const ContactIndex& index_;
    mutable std::mutex mutex_;
    mutable std::list<std::pair<std::int32_t, Day>> recent_;  // a few, the latest first
};

}  // namespace ringtail::sim
