#pragma once
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "contact.hpp"
#include "contact_index.hpp"
#include "event_days.hpp"
#include "inbound.hpp"
#include "simulation.hpp"
#include "truth.hpp"

namespace ringtail::sim {

// A listing's place: see Cursor. The default is its beginning.
struct Place {
    std::int64_t time = 0;
    std::uint64_t first = 0, second = 0;
    bool after = false;
};

// One page of a listing: the elements' JSON, joined by commas.
struct Listed {
    std::string elements;
    std::size_t count = 0;
    std::size_t total = 0;      // of the whole listing, roughly
    std::optional<Place> next;  // nothing: this was the last page
};

// A window of the events or inbound calls, in ms; both bounds inclusive.
struct Window {
    std::int64_t from = 0;
    std::int64_t to = std::numeric_limits<std::int64_t>::max();
};

struct EventFilter {
    bool updates_only = false, human_only = false;
    std::vector<std::string> stages;  // empty: any
};

// Everything the stand-in knows, and how it changes. Safe from any thread.
class Campaign {
  public:
    explicit Campaign(const Options& options);

    std::string fields_json() const;
    // `since`: only contacts changed on that day (since 1970) or later.
    Listed contacts(std::optional<std::int32_t> since, const Place& place, std::size_t limit);
    Listed events(const Window& window, const EventFilter& filter, const Place& place,
                  std::size_t limit) const;
    Listed inbound(const Window& window, const Place& place, std::size_t limit) const;
    // The JSON array of the contacts that are there; with `stale`, the first one that has changed
    // comes as it was before.
    struct Delivered {
        std::string body;
        std::size_t contacts = 0;
        bool was_stale = false;
    };
    Delivered deliver(const std::vector<std::string>& ids, bool stale) const;

    // Live changes; see Simulation.
    void change(std::uint32_t count, const std::vector<std::string>& kinds);
    void add_field(const std::string& name, const std::string& type);
    // `to`: the new name or type.
    void change_field(FieldChange change, const std::string& name, const std::string& to);
    // A contact that comes after `place` in the contact list changes, so that it moves; before
    // `place` if that can be.
    void move_one(const Place& place);

    Readings readings() const;
    void assume(const std::string& name, const std::string& reading);

    std::uint64_t changes() const;
    std::uint64_t contact_count() const;
    std::vector<std::string> deleted() const;

    // The truth, piece by piece.
    struct TruthState {
        std::unique_ptr<Truth> truth;
        std::unique_ptr<std::vector<KeyId>> columns;
        bool inbound = false;
        std::uint32_t next = 0;
    };
    TruthState begin_truth(std::string_view table, const TruthOptions& options) const;
    // Appends the rows of the next few contacts, one a line; false: there are no more.
    bool next_truth(TruthState& state, std::string& lines) const;

  private:
    enum class Kind : std::uint8_t {
        transaction,
        call_ends,
        recording,
        revoke,
        edit,
        removal,
        contact,
        inbound,
        count
    };
    using Waiting = std::deque<std::pair<std::uint32_t, std::uint16_t>>;  // contact, step
    struct LiveEvent {
        std::int64_t at;
        std::uint64_t number;
        std::uint32_t contact;
        std::uint16_t step;
        bool fresh;  // the transaction is new; else it changed
    };

    static std::vector<Kind> kinds_of(const std::vector<std::string>& names);
    void change_one(const std::vector<Kind>& kinds);
    bool try_change(Kind kind, Dice& dice, std::int64_t at);
    bool end_waiting(Waiting& waiting, Op::Kind kind, std::int64_t at);
    void apply(std::uint32_t contact, const Op& op);
    std::optional<std::uint32_t> pick_contact(Dice& dice) const;
    std::int64_t next_time();
    void put_in_index(std::uint32_t contact);
    void settle_index();
    void rebuild();
    std::span<const Op> ops_of(std::uint32_t contact) const;
    bool is_removed(std::uint32_t contact) const { return removed_.contains(contact); }
    std::uint32_t total_contacts() const { return shape_.contacts + created_; }
    bool append_event(std::string& out, std::uint32_t contact, std::uint16_t step,
                      const EventFilter& filter, std::uint64_t live_number, Plan& plan) const;
    std::int64_t inbound_at(std::uint32_t number) const;
    Writing writing() const { return {shape_, form_, campaign_}; }

    mutable std::shared_mutex mutex_;
    const std::string campaign_;
    Shape shape_;
    Form form_;
    std::unique_ptr<ContactIndex> index_;
    std::unique_ptr<EventDays> event_days_;
    std::uint32_t base_inbound_ = 0;
    std::vector<std::int64_t> live_inbound_;
    std::optional<std::int64_t> fixed_now_;
    std::int64_t last_time_ = 0;
    std::uint64_t number_ = 0;  // of the last live change
    std::uint32_t created_ = 0;
    std::unordered_map<std::uint32_t, std::vector<Op>> ops_;
    std::set<std::uint32_t> removed_;
    std::vector<LiveEvent> live_events_;
    Waiting open_calls_, unlocated_;
    bool listing_ = false;               // G-9 stable: a listing is under way …
    std::set<std::uint32_t> unsettled_;  // … and these keep their old places until it ends
};

}  // namespace ringtail::sim
