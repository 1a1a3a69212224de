#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

// A stand-in for Dialfire's API, written from facts/dialfire.md and sharing no code with the
// Dialfire source: an independent oracle. sim/README.md describes the data, the switches, the
// faults and the admin calls.
namespace ringtail::sim {

struct Options {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;  // 0: any free one
    unsigned threads = 1;    // I/O threads; they also make the answers
    bool gzip = true;  // compress answers for clients that offer it (costs about 10 ns a byte)
    std::string campaign = "ZX5CAMP9W2K7RTLB";
    std::string token = "sim-token";

    std::uint64_t seed = 1;
    std::uint32_t contacts = 1000;
    std::optional<std::uint32_t> inbound_calls;  // nothing: a tenth of the contacts
    double rows_per_contact = 11;  // transactions + connections + recordings, on average
    double odd = 0.05;             // share of contacts (and inbound calls) with odd values
    double gone = 0.001;           // share of contacts that are listed, but no longer delivered
    unsigned fields =
        0;  // custom fields in fields/list; 0: the usual ones, and odd names if odd > 0
    std::string first_day = "2024-01-01";  // the data set's changes lie on `days` days from here
    unsigned days = 400;

    double changes_per_second = 0;
    std::chrono::milliseconds latency{0};  // of every API request
    std::map<std::string, std::string>
        assume;                  // "G-1" → "changed": the other readings, see switches()
    std::optional<Instant> now;  // a clock that stands still, for repeatable live changes
};

// One kind of misbehaviour of the API calls (not of the admin calls).
struct FaultRule {
    std::string kind;    // see fault_kinds()
    double share = 1;    // of the requests that match
    unsigned count = 0;  // how often at most; 0: no bound
    std::string path =
        {};  // part of "contacts/list", "contacts/", "contacts/transactions/" …; empty: any call
    int retry_after = -1;  // 429: seconds, -1: no such header
    int status = 0;        // error: which one; 0: the kind's own
    int pause_ms = 50;     // slow: between slices
    unsigned skip = 0;     // this many matching requests go well first
};
const std::vector<std::string>& fault_kinds();

// The switches: each assumption G-n that concerns the server, with its readings, the default first.
struct Switch {
    std::string name;
    std::vector<std::string> readings;
    std::string meaning;
};
const std::vector<Switch>& switches();

// Which rows of the truth, as the old client's --fm and --fp would have them (B.9).
struct TruthOptions {
    std::string mode;                   // "", "updates_only", "hi_updates_only"
    std::optional<std::string> stages;  // "fc_,qc_"
    std::size_t custom_columns = 150;   // custom fields beyond go into _extra
    bool extra_everywhere = false;      // _extra for all tables
    bool rejects = false;  // instead of the rows: what cannot be a row, {"key","raw","reason"}
};

enum class FieldChange : std::uint8_t { removed, renamed, retyped };

struct Stats {
    std::map<std::string, std::uint64_t>
        requests;  // by endpoint: fields, list, contacts, transactions, inbound
    std::map<std::string, std::uint64_t> faults;  // by kind: how often one struck
    std::uint64_t ids_asked = 0;                  // contact ids in POST contacts/
    std::uint64_t contacts_sent = 0;              // contact bodies delivered
    std::uint64_t in_flight_max = 0;              // API requests under way at once
    std::uint64_t bytes = 0;                      // of bodies, before compression
    std::uint64_t changes = 0;                    // live changes so far
    std::uint64_t contacts = 0;                   // that exist now
    std::uint64_t forbidden = 0;                  // requests with a wrong token
};

struct RequestLine {
    std::string method, target;
    int status = 0;
    std::size_t ids = 0;  // of POST contacts/
};

// A running stand-in. All calls are safe from any thread. Constructor: Error(config) on a wrong
// option or a taken port.
class Simulation {
  public:
    explicit Simulation(const Options& options);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    std::uint16_t port() const;
    std::string base_url() const;  // "http://127.0.0.1:PORT", what --api takes
    const Options& options() const;

    // Error(config) names what is allowed.
    void add_fault(const FaultRule& rule);
    void clear_faults();
    void assume(const std::string& name, const std::string& reading);
    void set_latency(std::chrono::milliseconds latency);

    // Makes `count` live changes now. `kinds`: some of transaction, call_ends, recording, revoke,
    // edit, delete, contact, inbound; empty: a mix of all. Which contact changes how depends on the
    // seed and the number of changes so far only.
    void change(std::uint32_t count, const std::vector<std::string>& kinds = {});
    void set_change_rate(double per_second);
    // A new custom field: contacts changed from now on have it.
    void add_field(const std::string& name, const std::string& field_type = "text");
    // The field is deleted, renamed or gets another type, as contacts changed from now on show it.
    // `to`: the new name or type. Error(config) when there is no such field.
    void change_field(FieldChange change, const std::string& name, const std::string& to = "");

    Stats stats() const;
    void reset_stats();  // also the request log; not `changes` and `contacts`
    std::vector<RequestLine> requests() const;  // the last 1,000 API requests, oldest first

    // Calls back with each true row of contacts, transactions, connections, recordings or
    // inbound_calls as one JSON object: columns of B.8 less $changed, custom fields and _extra,
    // values as the source delivers them, "" as null. Rows come in the order of the contacts.
    // Bounded memory; not one moment's picture while changes go on.
    void truth(std::string_view table, const TruthOptions& options,
               const std::function<void(std::string_view row)>& row) const;
    // Ids of contacts that live changes have deleted.
    std::vector<std::string> deleted() const;

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace ringtail::sim
