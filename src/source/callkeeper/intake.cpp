#include "source/callkeeper/intake.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "json/text.hpp"

namespace ringtail::callkeeper {
namespace {

using Feed = Incoming::Feed;

// Counts up when the same state would make other rows.
constexpr int kProjection = 1;
constexpr std::size_t kLongestReject = 64U << 10U;

std::string fit_of(const Options& options) {
    std::string text =
        fmt::format("{}|{}|{}", kProjection, options.phone_region, fmt::join(options.tables, ","));
    for (const auto& [table, filter] : options.filters) text += "|" + table + ":" + filter;
    return fmt::format("{:016x}", hash_of(text));
}

Reject no_call(const std::string& table, JsonValue object, std::string_view reason) {
    return {table, "", "", std::string(object.raw().substr(0, kLongestReject)),
            std::string(reason)};
}

// The fields of a state's object that did not come in this page.
class StoredFields {
  public:
    explicit StoredFields(const std::string& object) {
        if (object.empty()) return;
        document_.emplace(object);
        fields_ = CallFields(document_->root());
    }
    const CallFields& fields() const { return fields_; }

  private:
    std::optional<JsonDocument> document_;
    CallFields fields_;
};

}  // namespace

Intake::Intake(const Options& options, const RowFilters& filters, std::span<const Table> tables,
               const TablePlaces& places, Stored& stored, Writes writes)
    : options_(options),
      filters_(filters),
      known_(tables[places[TableId::calls].table], stored),
      dimension_ids_(tables, places, stored),
      calls_table_(tables[places[TableId::calls].table].name),
      has_facts_(places.has(TableId::facts)),
      rewrite_all_(writes == Writes::all || (!tables[places[TableId::calls].table].created &&
                                             std::ranges::any_of(tables, &Table::created))),
      fit_(fit_of(options)) {}

// Looks up the states. An id that belongs to another call is given up for the next one derived.
void Intake::find_known(std::vector<Slot>& slots) {
    std::vector<std::size_t> open(slots.size());
    for (std::size_t i = 0; i < slots.size(); ++i) open[i] = i;
    while (!open.empty()) {
        std::vector<std::int64_t> rows;
        for (const std::size_t i : open) {
            slots[i].row = call_surrogate(options_.account_id, slots[i].id, slots[i].salt);
            rows.push_back(slots[i].row);
        }
        auto found = known_.find(rows);
        std::vector<std::size_t> taken;
        for (std::size_t n = 0; n < open.size(); ++n) {
            Slot& slot = slots[open[n]];
            const std::string of = fmt::format("{}/{}", options_.account_id, slot.id);
            if (found[n] && !found[n]->empty()) {
                slot.state = read_state(*found[n]);
                if (slot.state.of != of) {
                    slot.state = {};
                    ++slot.salt;
                    taken.push_back(open[n]);
                    continue;
                }
                slot.before = std::move(*found[n]);
            }
            slot.state.of = of;
        }
        open = std::move(taken);
    }
}

bool Intake::is_below_floor(const CallView& view) const {
    if (!options_.floor) return false;
    const auto date = date_of(view);
    return date && *date < *options_.floor;
}

Intake::Taken Intake::take(std::span<const Incoming> incoming, Instant now) {
    Taken taken;
    PageWriter page;
    page.stubs(dimension_ids_.take_stubs());
    taken.tally.listed = incoming.size();

    std::vector<Slot> slots;
    std::vector<std::size_t> slot_of(incoming.size(), SIZE_MAX);
    std::vector<CallFields> fields(incoming.size());
    std::unordered_map<std::int64_t, std::size_t> by_id;
    for (std::size_t i = 0; i < incoming.size(); ++i) {
        std::int64_t id = incoming[i].id;
        if (incoming[i].feed != Feed::unknown_to_api) {
            const JsonValue object = incoming[i].object;
            if (!object.is(JsonValue::Kind::object)) {
                page.reject(no_call(calls_table_, object, "a call that is no JSON object"));
                continue;
            }
            fields[i] = CallFields(object);
            id = whole_number(fields[i][Field::id]).value_or(0);
            if (id <= 0) {
                page.reject(no_call(calls_table_, object, "a call without an id"));
                continue;
            }
        }
        const auto [place, is_new] = by_id.emplace(id, slots.size());
        if (is_new) slots.emplace_back().id = id;
        slot_of[i] = place->second;
    }
    find_known(slots);

    std::string minified;
    std::vector<unsigned> times(slots.size());
    for (std::size_t i = 0; i < incoming.size(); ++i) {
        if (slot_of[i] == SIZE_MAX) continue;
        Slot& slot = slots[slot_of[i]];
        const Incoming& one = incoming[i];
        slot.asked = slot.asked || one.feed != Feed::hook;
        slot.last = std::max(slot.last, one.at);
        if (one.feed == Feed::unknown_to_api) {
            ++taken.tally.gone;
            continue;
        }
        if (times[slot_of[i]]++ > 0) ++taken.tally.equal;  // decode() counts the call once
        minified.clear();
        append_minified(one.object.raw(), minified);
        if (one.feed == Feed::api) {
            slot.changed = merge_api(slot.state, minified, one.at) || slot.changed;
            if (slot.state.api.object == minified) slot.api = &fields[i];  // read already
        } else if (one.feed == Feed::hook &&
                   merge_hook(slot.state, minified, one.at, says_over(fields[i]))) {
            slot.changed = true;
            if (slot.state.hook.at == one.at && slot.state.hook.object == minified)
                slot.hook = &fields[i];
        }
    }

    std::vector<PageCall> calls(slots.size());
    std::vector<std::unique_ptr<StoredFields>> stored;
    std::vector<std::unique_ptr<CallView>> views(slots.size());
    const auto fields_of = [&stored](const CallFields* here,
                                     const std::string& object) -> const CallFields& {
        if (here != nullptr) return *here;
        return stored.emplace_back(std::make_unique<StoredFields>(object))->fields();
    };
    for (std::size_t i = 0; i < slots.size(); ++i) {
        Slot& slot = slots[i];
        PageCall& call = calls[i];
        call.id = slot.id;
        call.row = slot.row;
        call.known = !slot.before.empty();
        call.counted = times[i] > 0;  // or it is gone, which is counted
        const bool nothing = !slot.state.api.exists() && !slot.state.hook.exists();
        if (nothing) {  // asked for, and neither feed ever told of it
            call.calls = call.facts = false;
            call.asking = Asking::settled;
            call.unchanged = true;
            continue;
        }
        views[i] = std::make_unique<CallView>(fields_of(slot.api, slot.state.api.object),
                                              fields_of(slot.hook, slot.state.hook.object),
                                              slot.state.over);
        const CallView& view = *views[i];
        const auto wanted = filters_.judge(view);
        const bool is_too_old = is_below_floor(view);
        call.calls = wanted.calls && !is_too_old;
        call.facts = wanted.facts && has_facts_ && !is_too_old;
        // Nothing is remembered of a call that is not stored, so its date tells how long ago it
        // was; without one it is asked for once.
        if (!call.calls && !call.known)
            slot.state.first = std::min(slot.state.first, date_of(view).value_or(Instant()));
        const bool was_open = call.known && !slot.state.settled && !slot.state.gave_up;
        const auto settled = slot.state.settled;
        const auto gave_up = slot.state.gave_up;
        auto next = settle(slot.state, view.is_settled(), slot.asked ? slot.last : now, slot.asked,
                           options_.ask_after_hook);
        if (is_too_old) next.reset();
        if (next) {
            call.asking = Asking::again;
            call.next = *next;
            if (!taken.next_ask || next->due < *taken.next_ask) taken.next_ask = next->due;
        } else if (was_open || slot.asked) {
            call.asking = Asking::settled;
        }
        call.unchanged = call.known && !slot.changed && !rewrite_all_ && slot.state.fit == fit_ &&
                         slot.state.settled == settled && slot.state.gave_up == gave_up;
        slot.state.fit = fit_;
    }
    do {
        dimension_ids_.clear();
        for (std::size_t i = 0; i < slots.size(); ++i)
            if (!calls[i].unchanged && calls[i].calls && (calls[i].facts || !has_facts_))
                dimension_ids_.add(*views[i]);
    } while (!dimension_ids_.resolve());
    std::size_t refers = 0;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        PageCall& call = calls[i];
        if (call.unchanged) {
            page.call(call, "");
            continue;
        }
        call.refers.fill(kStub);
        if (call.calls && (call.facts || !has_facts_)) {
            call.refers = dimension_ids_.refers()[refers].rows;
            call.fresh = dimension_ids_.refers()[refers++].fresh;
        }
        std::string state = write_state(slots[i].state);
        page.call(call, state);
        known_.put(call.row, call.calls ? std::move(state) : std::string());
    }
    taken.body = page.done();
    return taken;
}

std::vector<std::optional<Instant>> Intake::dates_of(std::span<const std::int64_t> ids) {
    std::vector<Slot> slots(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) slots[i].id = ids[i];
    find_known(slots);
    std::vector<std::optional<Instant>> dates;
    for (const Slot& slot : slots) {
        const StoredFields api(slot.state.api.object), hook(slot.state.hook.object);
        dates.push_back(date_of(CallView(api.fields(), hook.fields(), slot.state.over)));
    }
    return dates;
}

}  // namespace ringtail::callkeeper
