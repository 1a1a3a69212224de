#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "http/kept_clients.hpp"
#include "source/callkeeper/inbox_reader.hpp"

namespace ringtail::callkeeper {

// The tables to fill, by their names without prefix; empty: all. What a chosen table needs is
// filled too (tables.hpp).
using TableChoice = std::set<std::string>;

struct Options {
    std::string api_key;  // secret
    std::string api = "https://api.callkeeper.ru";
    std::int64_t account_id = 1;  // of the account's rows, where several share the tables
    std::string caption;          // the account's, as people call it
    std::string zone = "Europe/Moscow";
    std::string phone_region = "RU";      // of numbers written without their country
    std::string method = "getCallsInfo";  // or getCallsCompleted
    unsigned overlap_days = 3;            // that the base load reads again at every run
    std::string prefix;                   // "": callkeeper_…, general_…
    std::string views_prefix;             // of the views over all calls
    TableChoice tables;
    std::map<std::string, std::string> filters;  // table (without prefix) → filter (filters.hpp)

    // Calls before this have been deleted for their age: they are taken, but no rows are made.
    std::optional<Instant> floor;

    // After a webhook "Call is over" the API is asked this much later for what only it knows; it
    // may be somewhat more, for several calls at once (accounts/callkeeper.cpp), but not a minute.
    std::chrono::seconds ask_after_hook{30};
    unsigned settle_in_flight = 4;         // getCallInfo at a time
    unsigned history_in_flight = 2;        // windows of a history load at a time
    std::size_t calls_per_window = 5'000;  // a busy day is read in windows of about that many calls
    std::size_t calls_per_page = 1'000;
    std::chrono::milliseconds retry_pause{500};  // first pause before a request is made again
    std::chrono::milliseconds stall_timeout{30'000};
    // Where clients come from and go to; null: each opening makes its own.
    std::shared_ptr<http::KeptClients> clients;
};

// Days of the source's zone, both included. Unset from: the newest finished day less the overlap;
// unset to: today.
struct DayRange {
    std::optional<std::chrono::local_days> from, to;
};

// A load of a past period, newest day first.
struct History {
    std::string job;  // names it in the checkpoint, where it goes on the next time
    std::chrono::local_days from, to;
    unsigned days_per_opening = 0;      // that many days in one round; 0: all
    std::optional<unsigned> max_depth;  // days before today that may be read at all
};

// What a run has done so far, for who looks on from other threads.
struct Progress {
    std::atomic<std::uint64_t> requests{0};
    std::atomic<std::uint64_t> days_read{0}, days_wanted{0};  // of the history load
    // Microseconds since 1970: when the first of the calls that were found unsettled is to be asked
    // again; 0: none.
    std::atomic<std::int64_t> next_ask{0};
};

// What one opening of the source is to read, in this order; webhooks that come in meanwhile pass
// before the rest.
struct Work {
    InboxReader* inbox = nullptr;
    bool settle = true;  // ask calls again that are due
    std::optional<DayRange> live;
    std::optional<History> history;
    Progress* progress = nullptr;
};

}  // namespace ringtail::callkeeper
