#pragma once
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/zone.hpp"
#include "source/callkeeper/dimension_ids.hpp"
#include "source/callkeeper/filters.hpp"
#include "source/callkeeper/known_calls.hpp"
#include "source/callkeeper/page.hpp"
#include "source/callkeeper/rows.hpp"

namespace ringtail::callkeeper {

// One thing that came in: an object of a feed, or that the API does not know a call.
struct Incoming {
    enum class Feed : std::uint8_t { api, hook, unknown_to_api };
    Feed feed = Feed::api;
    JsonValue object;     // anything; must outlive the call of take()
    Instant at;           // API: when it was asked; hook: when it was received
    std::int64_t id = 0;  // unknown_to_api: the call
};

// Merges what comes in with what is known of its calls, and makes pages of it (page.hpp). All
// answers of what is stored go through here, so that decode() needs none.
class Intake {
  public:
    // Which of the calls that come in are written: those whose state changes, or all of them, as
    // their rows may not be what was stored.
    enum class Writes : std::uint8_t { changed, all };
    // What is passed must outlive this.
    Intake(const Options& options, const RowFilters& filters, std::span<const Table> tables,
           const TablePlaces& places, Stored& stored, Writes writes = Writes::changed);

    struct Taken {
        std::string body;                 // of a page
        Tally tally;                      // without what decode() counts
        std::optional<Instant> next_ask;  // the first time one of them is to be asked again
    };
    // In the order they came; `now`: when they are taken.
    Taken take(std::span<const Incoming> incoming, Instant now);

    // The dates of calls that are known, by id, to ask for their neighbours too.
    std::vector<std::optional<Instant>> dates_of(std::span<const std::int64_t> ids);

    void all_loaded() { known_.all_loaded(); }

  private:
    struct Slot {
        std::int64_t id = 0, row = 0;
        unsigned salt = 0;
        std::string before;  // the state as stored; empty: none
        CallState state;
        bool changed = false, asked = false;
        const CallFields* api = nullptr;  // of the state's objects, where they came in this page
        const CallFields* hook = nullptr;
        Instant last;  // when the last of what came in was asked or received
    };
    void find_known(std::vector<Slot>& slots);
    void finish(Slot& slot, Instant now);
    // Whether retention has deleted calls of that date.
    bool is_below_floor(const CallView& view) const;

    const Options& options_;
    const RowFilters& filters_;
    KnownCalls known_;
    DimensionIds dimension_ids_;
    std::string calls_table_;
    bool has_facts_;
    // Also as a table is new: what is stored in the others says nothing of it. Where that of the
    // calls is new too, what it has comes from this.
    bool rewrite_all_;
    std::string fit_;
};

}  // namespace ringtail::callkeeper
