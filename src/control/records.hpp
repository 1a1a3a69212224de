#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

// What the control store keeps. A number is a row's name for good; 0: not stored yet. No record
// holds a secret.
namespace ringtail::control {

enum class SourceKind : std::uint8_t { callkeeper, dialfire };
// hooks: loads webhooks that wait in the inbox. received: no job's; what came in, for the journal.
enum class JobKind : std::uint8_t { load, hooks, history, report, reconcile, prune, received };
// docs/jobs.md draws the transitions. All but done, failed and cancelled are open.
enum class RunState : std::uint8_t { queued, running, paused, done, failed, cancelled, crashed };
enum class Scope : std::uint8_t { read, manage };

std::string_view name_of(SourceKind kind);
std::string_view name_of(JobKind kind);
std::string_view name_of(RunState state);
std::string_view name_of(Scope scope);
std::optional<SourceKind> source_kind_of(std::string_view name);
std::optional<JobKind> job_kind_of(std::string_view name);
std::optional<RunState> run_state_of(std::string_view name);
std::optional<Scope> scope_of(std::string_view name);
bool is_open(RunState state);

struct SourceRecord {
    std::int64_t number = 0;
    std::string name = {};  // unique
    SourceKind kind = SourceKind::callkeeper;
    std::string settings = "{}";  // a JSON object without secrets
    std::string last4 = {};       // of the secret
    std::int64_t destination = 0;
    bool enabled = true;
    std::string status = {}, message = {};  // what the last check or run said; "" at first
    Instant created = {};
};

struct DestinationRecord {
    std::int64_t number = 0;
    std::string name;   // unique
    std::string shown;  // the URL with the password as ***
    Instant created;
};

struct JobRecord {
    std::int64_t number = 0;
    std::int64_t source = 0;
    std::string name = {};  // unique for its source
    JobKind kind = JobKind::load;
    std::string settings = "{}";      // a JSON object
    std::string schedule = "manual";  // as jobs/schedule.hpp reads it
    bool enabled = true;
    std::optional<unsigned> last_days = {};
    std::optional<Instant> next_due = {};  // nothing: only by hand
    Instant created = {};
};

struct Counters {
    std::uint64_t added = 0, updated = 0, deleted = 0, unchanged = 0, rejected = 0;
    std::uint64_t requests = 0;  // made to the API; of a `received` row: hooks that came in

    bool operator==(const Counters&) const = default;
};

// Half-open: from ≤ t < to.
struct Period {
    std::optional<Instant> from = {}, to = {};
};

struct RunRecord {
    std::int64_t number = 0;
    std::int64_t source = 0;
    std::optional<std::int64_t> job = {};  // nothing: a `received` row
    JobKind kind = JobKind::load;
    RunState state = RunState::queued;
    unsigned attempt = 1;     // 1, 2, … as enqueue() was told; a crash does not change it
    unsigned crashes = 0;     // how often a process died in it
    std::int64_t claim = 0;   // which taking of the run this is; grows with each
    std::string owner = {};   // who runs it, or did last (base/holder.hpp)
    Instant queued = {};      // when it was asked for
    Instant not_before = {};  // not claimed earlier
    std::optional<Instant> started = {}, beat = {}, ended = {};  // started: the first time
    Period period = {};                                          // what it is to read, or has read
    Counters counters = {};                                      // over all its takings
    std::string progress =
        "{}";  // a JSON object, the worker's own: days, rows, requests, time left
    std::string message = {}, hint = {};  // hint: what to do about a failure
    bool cancel_wanted = false, pause_wanted = false;
};

// Rows written to one table; a day is UTC.
struct TableRows {
    std::string table = {};
    std::uint64_t added = 0, updated = 0, deleted = 0, unchanged = 0, rejected = 0;
};
struct DayRows {
    std::int64_t source = 0;
    std::string day = {};  // YYYY-MM-DD
    TableRows rows = {};
};

struct ApiKeyRecord {
    std::int64_t number = 0;
    std::string name;
    Scope scope = Scope::read;
    std::string last4;
    Instant created;
    std::optional<Instant> last_used;  // to the minute
    std::optional<Instant> revoked;
};

// The token in a source's hook address, and the one before it while it is still taken.
struct HookTokens {
    std::string now, old;  // base64url; old: empty when there is none
    std::optional<Instant> old_until;
};

struct JournalQuery {
    std::optional<std::int64_t> source = {}, job = {};
    std::optional<JobKind> kind = {};
    std::optional<RunState> state = {};
    std::optional<Instant> since = {}, until = {};  // of `queued`; since ≤ t < until
    std::optional<std::int64_t> before = {};        // only numbers below: the next page
    std::size_t limit = 100;
};

// A run, or webhooks that came in, with the names people know.
struct JournalRow {
    RunRecord run;
    std::string source_name, job_name;  // job_name: "" for `received`
};

}  // namespace ringtail::control
