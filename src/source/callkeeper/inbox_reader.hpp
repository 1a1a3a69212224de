#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace ringtail::callkeeper {

// Which received webhooks are loaded: all numbers <= below, and all in [from, to]; to = 0: there is
// no such range.
struct InboxPosition {
    std::int64_t below = 0;
    std::int64_t from = 0, to = 0;
    friend bool operator==(const InboxPosition&, const InboxPosition&) = default;
};

// A webhook as it was received.
struct WaitingHook {
    std::int64_t number = 0;
    Instant received;
    std::string content_type, query, body;
};

struct WaitingHooks {
    std::vector<WaitingHook> hooks;
    InboxPosition after;  // once they are loaded
};

// The webhooks that wait for one source. One thread uses it.
class InboxReader {
  public:
    virtual ~InboxReader() = default;
    // The next hooks that `position` does not cover, in an order of the inbox's choice; none: all
    // are loaded. About `max_bytes` of them, but at least one.
    virtual WaitingHooks take(const InboxPosition& position, std::size_t max_bytes) = 0;
};

}  // namespace ringtail::callkeeper
