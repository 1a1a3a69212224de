#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "simulation.hpp"

// A stand-in for CallKeeper's API and its webhooks, written from facts/callkeeper.md and sharing no
// code with Ringtail's source: an independent oracle. sim/README.md describes it.
namespace ringtail::sim {

struct CallKeeperOptions {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    unsigned threads = 1;
    std::string key = "5e1dcafe0badf00d5e1dcafe0badf00d";  // 16 or 32 characters

    std::uint64_t seed = 1;
    std::uint32_t calls_per_day = 200;     // 1 to 65,000
    std::string first_day = "2024-01-01";  // UTC; calls lie on `days` days from here
    std::uint32_t days = 30;
    double odd = 0.05;  // share of calls with odd values

    std::chrono::milliseconds latency{0};       // of every API request
    std::map<std::string, std::string> assume;  // "to" → "exclusive", see call_switches()
    // A clock that stands still but for advance(). Without it the machine's. Calls whose date is
    // later than the clock do not exist yet.
    std::optional<Instant> now;
};

// The readings of what nobody knows about the real service, and the states an account can be in;
// the default first.
const std::vector<Switch>& call_switches();

// How webhooks are sent.
struct HookOptions {
    std::string url = {};         // whole; a query's parameters are put behind it
    std::string format = "json";  // json · text (JSON as text/plain) · form · query (GET) · array
    unsigned array_size = 10;     // array: calls in one body
    // right: each call's "processing" is answered before its "over" is sent · reversed: the other
    // way round · shuffled: all at once, in no order
    std::string order = "right";
    std::string which = "both";  // both · processing · over
    unsigned copies = 1;         // how often each is sent
    double share = 1;            // of the calls
    double per_second = 0;       // 0: as fast as they are taken
    unsigned attempts = 1;       // of each, until it is answered with 200
    unsigned in_flight = 16;
    unsigned unusable = 0;           // bodies that are no call, sent behind the others
    std::string from = {}, to = {};  // days of the calls' dates, both included; empty: no bound
};

struct HookCounts {
    std::uint64_t sent = 0;          // requests
    std::uint64_t acknowledged = 0;  // answered with 200
    std::uint64_t unanswered = 0;
    std::map<int, std::uint64_t> unusable;         // answers to bodies that are no call, by status
    std::map<int, std::uint64_t> refused;          // other answers, by status
    std::vector<std::int64_t> acknowledged_calls;  // their ids, each once, in no order
};

// Which rows the tables must hold.
struct CallTruthOptions {
    bool api = true;     // what the API now says of every call has been read
    bool hooks = false;  // and the hooks that were acknowledged
    std::string from = {},
                to = {};  // days (UTC) of the calls' dates, both included; empty: no bound
};

struct CallKeeperStats {
    std::map<std::string, std::uint64_t> requests;  // by method, as getCallsInfo
    std::map<std::string, std::uint64_t> faults;    // by kind: how often one struck
    std::uint64_t calls_sent = 0;
    std::uint64_t in_flight_max = 0;
    std::uint64_t errors = 0;  // answers that are none of 200, without faults
};

// A running stand-in. All calls are safe from any thread. Constructor: Error(config) on a wrong
// option or a taken port.
class CallKeeper {
  public:
    explicit CallKeeper(const CallKeeperOptions& options);
    ~CallKeeper();
    CallKeeper(const CallKeeper&) = delete;
    CallKeeper& operator=(const CallKeeper&) = delete;

    std::uint16_t port() const;
    std::string base_url() const;
    const CallKeeperOptions& options() const;

    Instant now() const;
    void advance(std::chrono::seconds by);  // its clock

    // Error(config) names what is allowed.
    void add_fault(const FaultRule& rule);
    void clear_faults();
    void assume(const std::string& name, const std::string& reading);
    void set_latency(std::chrono::milliseconds latency);

    // Some calls that are there change in their last state (length, tags), or are gone, or are left
    // out by listings while getCallInfo knows them.
    void change(std::uint32_t count);
    void remove(std::uint32_t count);
    void hide(std::uint32_t count);
    void restore();  // what was removed or hidden

    // Sends the hooks that the clock has made due for the calls; returns when all are answered or
    // given up.
    HookCounts send_hooks(const HookOptions& options);
    // From now on each hook is sent when it becomes due, by a thread of its own; an empty url ends
    // it. Of the options url, format, share, attempts and in_flight count.
    void follow_with_hooks(const HookOptions& options);

    CallKeeperStats stats() const;
    void reset_stats();                         // also the request log
    std::vector<RequestLine> requests() const;  // the last 1,000 API requests, oldest first

    // Calls back with each row `table` must hold, as one JSON object. Tables: callkeeper_calls,
    // callkeeper_calls_facts, general_dates, general_traffic, general_clientids, general_sites,
    // general_locations. Rows of calls come in the order of their dates.
    void truth(std::string_view table, const CallTruthOptions& options,
               const std::function<void(std::string_view row)>& row) const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace ringtail::sim
