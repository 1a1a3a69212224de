#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "base/error.hpp"
#include "campaign.hpp"

// Live changes. Which contact changes how follows from the seed and the number of changes so far;
// only the times are the clock's.
namespace ringtail::sim {

namespace {

constexpr std::string_view kNames[] = {"transaction", "call_ends", "recording", "revoke",
                                       "edit",        "delete",    "contact",   "inbound"};
constexpr unsigned kWeights[] = {40, 12, 12, 8, 10, 3, 8, 7};

std::int64_t now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

std::vector<Campaign::Kind> Campaign::kinds_of(const std::vector<std::string>& names) {
    std::vector<Kind> kinds;
    for (const auto& name : names) {
        const auto found = std::ranges::find(kNames, name);
        if (found == std::end(kNames))
            throw Error(Fault::config, fmt::format("no kind of change \"{}\"", name))
                .with_hint(
                    "transaction, call_ends, recording, revoke, edit, delete, contact, inbound");
        kinds.push_back(static_cast<Kind>(found - std::begin(kNames)));
    }
    if (kinds.empty())
        for (std::uint8_t kind = 0; kind < static_cast<std::uint8_t>(Kind::count); ++kind)
            kinds.push_back(Kind{kind});
    return kinds;
}

void Campaign::change(std::uint32_t count, const std::vector<std::string>& kinds) {
    const auto among = kinds_of(kinds);
    std::unique_lock lock(mutex_);
    for (std::uint32_t i = 0; i < count; ++i) change_one(among);
}

void Campaign::change_one(const std::vector<Kind>& kinds) {
    Dice dice(mix(shape_.seed, 0xC4A46E, number_ + 1));
    unsigned sum = 0;
    for (const Kind kind : kinds) sum += kWeights[static_cast<unsigned>(kind)];
    unsigned thrown = dice.below(sum);
    Kind kind = kinds.back();
    for (const Kind one : kinds) {
        const unsigned weight = kWeights[static_cast<unsigned>(one)];
        if (thrown < weight) {
            kind = one;
            break;
        }
        thrown -= weight;
    }
    ++number_;
    const std::int64_t at = next_time();
    // What cannot be done (no call is open, no contact is left) becomes the nearest that can.
    if (!try_change(kind, dice, at) && !try_change(Kind::transaction, dice, at))
        try_change(Kind::contact, dice, at);
}

std::int64_t Campaign::next_time() {
    last_time_ = std::max(last_time_, fixed_now_.value_or(now_ms()));
    if (fixed_now_) ++last_time_;
    return last_time_;
}

std::optional<std::uint32_t> Campaign::pick_contact(Dice& dice) const {
    if (total_contacts() == 0) return std::nullopt;
    for (int tries = 0; tries < 64; ++tries) {
        const std::uint32_t contact = dice.below(total_contacts());
        if (!is_removed(contact) && !is_gone(shape_, contact)) return contact;
    }
    return std::nullopt;
}

bool Campaign::try_change(Kind kind, Dice& dice, std::int64_t at) {
    Op op{Op::Kind::edit, 0, at, number_};
    switch (kind) {
        case Kind::inbound:
            live_inbound_.push_back(at);
            return true;
        case Kind::contact:
            op.kind = Op::Kind::created;
            apply(shape_.contacts + created_++, op);
            return true;
        case Kind::call_ends:
            return end_waiting(open_calls_, Op::Kind::call_ends, at);
        case Kind::recording:
            return end_waiting(unlocated_, Op::Kind::recording, at);
        default:
            break;
    }
    const auto contact = pick_contact(dice);
    if (!contact) return false;
    if (kind == Kind::transaction) {
        op.kind = Op::Kind::transaction;
        // Another change of the contact may have been in this millisecond (G-6).
        const auto before = ops_of(*contact);
        if (shape_.readings.same_fired == Readings::Same::never && !before.empty())
            op.at = last_time_ = std::max(at, before.back().at + 1);
    }
    if (kind == Kind::removal) op.kind = Op::Kind::removed;
    if (kind == Kind::revoke) {
        Plan plan;
        make_plan(shape_, *contact, ops_of(*contact), plan);
        const auto open = std::ranges::find(plan.steps, false, &Step::revoked);
        if (open == plan.steps.end()) return false;
        op.kind = Op::Kind::revoke;
        op.step = static_cast<std::uint16_t>(open - plan.steps.begin());
    }
    apply(*contact, op);
    return true;
}

// The longest open call ends; the recording that has waited longest arrives.
bool Campaign::end_waiting(Waiting& waiting, Op::Kind kind, std::int64_t at) {
    while (!waiting.empty()) {
        const auto [contact, step] = waiting.front();
        waiting.pop_front();
        if (is_removed(contact)) continue;
        apply(contact, {kind, step, at, number_});
        return true;
    }
    return false;
}

void Campaign::apply(std::uint32_t contact, const Op& op) {
    auto& ops = ops_[contact];
    ops.push_back(op);
    if (op.kind == Op::Kind::removed) removed_.insert(contact);
    put_in_index(contact);
    if (op.kind == Op::Kind::removed || op.kind == Op::Kind::edit) return;
    std::uint16_t place = op.step;
    const bool fresh = op.kind == Op::Kind::created || op.kind == Op::Kind::transaction;
    if (fresh) {
        Plan plan;
        make_plan(shape_, contact, ops, plan);
        place = static_cast<std::uint16_t>(plan.steps.size() - 1);
        if (plan.steps.back().open) open_calls_.emplace_back(contact, place);
        if (plan.steps.back().unlocated) unlocated_.emplace_back(contact, place);
    }
    live_events_.push_back({op.at, op.number, contact, place, fresh});
}

void Campaign::put_in_index(std::uint32_t contact) {
    if (listing_) {
        unsettled_.insert(contact);
        return;
    }
    if (is_removed(contact)) return index_->remove(contact);
    std::uint32_t revision = 0, place = 0;
    std::int64_t changed = 0;
    for (const Op& op : ops_of(contact)) {
        ++place;
        if (shape_.readings.md5_without_recordings && op.kind == Op::Kind::recording) continue;
        revision = place;
        changed = op.at;
    }
    if (revision > 0) index_->move(list_key(shape_, contact, revision, changed));
}

void Campaign::settle_index() {
    listing_ = false;
    for (const auto contact : std::exchange(unsettled_, {})) put_in_index(contact);
}

void Campaign::add_field(const std::string& name, const std::string& type) {
    std::unique_lock lock(mutex_);
    form_.add(name, type, number_ + 1);
}

void Campaign::change_field(FieldChange change, const std::string& name, const std::string& to) {
    std::unique_lock lock(mutex_);
    const auto since = number_ + 1;
    const bool found = change == FieldChange::removed   ? form_.remove(name, since)
                       : change == FieldChange::renamed ? form_.rename(name, to, since)
                                                        : form_.retype(name, to, since);
    if (!found) throw Error(Fault::config, fmt::format("there is no custom field \"{}\"", name));
}

void Campaign::move_one(const Place& place) {
    std::unique_lock lock(mutex_);
    const ListKey here{static_cast<std::int32_t>(place.time),
                       static_cast<std::uint32_t>(place.second), place.first};
    std::optional<std::uint32_t> victim;
    for (const ListKey& key : index_->from(here, true, 50))
        if (!is_gone(shape_, key.index)) victim = key.index;
    if (!victim) return;
    // Within today's contacts the md5 decides: change it until it comes before the place, where
    // this listing no longer looks.
    for (int tries = 0; tries < 20; ++tries) {
        ++number_;
        apply(*victim, {Op::Kind::edit, 0, next_time(), number_});
        const ListKey now = list_key(
            shape_, *victim, static_cast<std::uint32_t>(ops_of(*victim).size()), last_time_);
        if (now < here || now.day != here.day) return;
    }
}

}  // namespace ringtail::sim
