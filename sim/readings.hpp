#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "simulation.hpp"

namespace ringtail::sim {

// The assumptions of facts/dialfire.md G as the stand-in reads them at this moment; sim/README.md
// explains each.
struct Readings {
    // How it answers.
    enum class Bounds : std::uint8_t { inclusive, exclusive, half_open, to_required };
    enum class Digits : std::uint8_t { sequence, none, other };
    enum class EventMd5 : std::uint8_t { content, fixed, contact };
    enum class Missing : std::uint8_t { left_out, null, few };
    enum class Listing : std::uint8_t { moves, repeats, stable };
    enum class Cursors : std::uint8_t { long_lived, short_lived };
    enum class Count : std::uint8_t { page, total, missing };
    enum class Quota : std::uint8_t { none, retry_after, bare, capped };
    enum class HiFilter : std::uint8_t { user, is_hi, ignored };
    enum class TaskFilter : std::uint8_t { prefix, exact, contact, ignored };

    bool select_by_change = false;           // G-1
    Bounds bounds = Bounds::inclusive;       // G-2
    int zone_minutes = 0;                    // G-3, east of UTC
    Digits digits = Digits::sequence;        // G-4
    EventMd5 event_md5 = EventMd5::content;  // G-5
    Missing missing = Missing::left_out;     // G-7
    bool md5_without_recordings = false;     // G-8
    Listing listing = Listing::moves;        // G-9
    Cursors cursors = Cursors::long_lived;   // G-10
    Count count = Count::page;               // G-11
    Quota quota = Quota::none;               // G-12
    HiFilter hi = HiFilter::user;            // G-13
    TaskFilter tasks = TaskFilter::prefix;   // G-14
    bool forbidden_at_times = false;         // G-27

    // What it delivers; another reading makes other contacts, so their md5s change with it.
    enum class Same : std::uint8_t { rare, never, often };
    enum class Values : std::uint8_t { both, numbers, text };

    Same same_fired = Same::rare;         // G-6
    bool inbound_numbers = false;         // G-15
    bool open_sets = false;               // G-16
    bool long_texts = false;              // G-17
    bool third_party_unmarked = false;    // G-18
    bool no_unlisted_fields = false;      // G-19
    bool mirror_fields_listed = false;    // G-20
    bool no_wait_time = false;            // G-21
    Values number_fields = Values::both;  // G-22
    bool changed_delivered = false;       // G-23

    // Stands for the second half: 0 for the default readings.
    std::uint64_t content_salt() const;
};

// Changes one reading. Error(config) names what is allowed.
void set_reading(Readings& readings, const std::string& name, const std::string& reading);

}  // namespace ringtail::sim
