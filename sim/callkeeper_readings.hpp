#pragma once
#include <mutex>
#include <string>

#include "callkeeper.hpp"
#include "callkeeper_record.hpp"

namespace ringtail::sim {

// The switches' positions, see call_switches().
struct CallApiReadings : CallReadings {
    enum class Bound : std::uint8_t { inclusive, exclusive } from = Bound::inclusive,
                                                             to = Bound::inclusive;
    enum class PlainTo : std::uint8_t { day, midnight } plain_to = PlainTo::day;
    enum class Zone : std::uint8_t { window, dates, ignored } zone = Zone::window;
    enum class Home : std::uint8_t { utc, moscow } home = Home::utc;
    enum class Shape : std::uint8_t { object, array } errors = Shape::object, info = Shape::object;
    enum class Empty : std::uint8_t { list, null, missing } empty = Empty::list;
    enum class Unknown : std::uint8_t { empty, not_found } unknown = Unknown::empty;
    enum class Order : std::uint8_t { rising, falling, shuffled } order = Order::rising;
    enum class Account : std::uint8_t {
        fine,
        soon,
        expired,
        no_access,
        wrong_host,
        unknown_user
    } account = Account::fine;
};

class CallSwitches {
  public:
    // Error(config) names what is allowed.
    void set(const std::string& name, const std::string& reading);
    CallApiReadings get() const {
        std::lock_guard lock(mutex_);
        return readings_;
    }

  private:
    mutable std::mutex mutex_;
    CallApiReadings readings_;
};

// Seconds east of UTC at `second` in a zone the stand-in knows; nothing for others. Its own rules,
// not the machine's.
std::optional<std::int64_t> zone_offset(std::string_view zone, std::int64_t second);
// The same where a clock there shows `local`; the first of two such moments.
std::optional<std::int64_t> zone_second(std::string_view zone, std::int64_t local);

}  // namespace ringtail::sim
