#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "model/calls_part.hpp"
#include "model/load.hpp"
#include "model/view.hpp"

namespace ringtail {

// What a source may ask about what is already stored; the pipeline answers from the destination.
class Stored {
  public:
    virtual ~Stored() = default;
    virtual std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) = 0;
    virtual std::vector<Recheck> rechecks(Instant until, std::size_t limit) = 0;
    // So many bytes of what the source has handed on, at most and beside the page under way, may
    // not be stored yet, so that the other questions are not answered by it.
    virtual std::size_t waiting_bytes() const { return 16U << 20U; }
};

// How many things were listed and what became of them. A finished round must satisfy
// listed == equal + loaded + gone + rejected, or it is not green.
struct Tally {
    std::uint64_t listed = 0;    // ids the source named
    std::uint64_t equal = 0;     // not fetched: the stored fingerprint is the same, or named twice
    std::uint64_t loaded = 0;    // fetched and decoded into rows
    std::uint64_t gone = 0;      // asked for, and the source no longer has it
    std::uint64_t rejected = 0;  // fetched, but no usable row; kept as reject
    std::uint64_t open = 0;      // calls that are not over yet, asked again later
    Tally& operator+=(const Tally& other) {
        listed += other.listed;
        equal += other.equal;
        loaded += other.loaded;
        gone += other.gone;
        rejected += other.rejected;
        open += other.open;
        return *this;
    }
    bool adds_up() const { return listed == equal + loaded + gone + rejected; }
};

// One answer of the API, not yet decoded.
struct Page {
    std::string kind;  // the source's own word for what the body is
    std::string body;
    std::string context;  // the source's own: what decode() needs to know of the request
    Checkpoint after;     // valid to be stored once this page and all before it are
    Tally tally;          // without what only decode() can count
    // How many ids this listing will name in all, as far as can be told (for progress only); 0: not
    // known.
    std::uint64_t expected = 0;
};

struct Decoded {
    std::vector<Batch> batches;  // one per table, parents first; appended to
    std::vector<Reject> rejects;
    std::vector<Recheck> rechecks;
    Tally tally;
};

// A connected account. One thread uses it; next() keeps several requests in flight inside.
class Source {
  public:
    virtual ~Source() = default;
    // Asks the account what there is (custom fields) and returns the tables to prepare. Error(auth)
    // on a bad key.
    virtual std::vector<Table> tables(std::stop_token stop) = 0;
    // Views over these tables, for people. Called after tables(); the pipeline has the destination
    // create them once the tables are prepared.
    virtual std::vector<View> views() const { return {}; }
    // What these tables have for the views over all calls; nothing: no such view is made.
    virtual std::optional<CallsPart> calls() const { return {}; }
    // Starts reading after `from`; `tables` are those that Destination::prepare() returned and must
    // outlive their use.
    virtual void open(std::span<const Table> tables, const std::optional<Checkpoint>& from,
                      Stored& stored) = 0;
    // The next page, in order; nothing when the source has no more for now: call it again later for
    // the next round.
    virtual std::optional<Page> next(std::stop_token stop) = 0;
    // Appends the page's rows. Pure: no I/O, no state; the fuzz target. Error(data) when the body
    // is no such answer.
    virtual void decode(const Page& page, Decoded& into) const = 0;
};

}  // namespace ringtail
