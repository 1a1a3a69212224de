#include "campaign.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

// Rows that one transaction brings on average, itself included (plan.cpp, decide()).
constexpr double kRowsPerTransaction = 2.285;
constexpr std::uint32_t kTruthContacts = 64;  // of one piece

Shape make_shape(const Options& options) {
    Shape shape;
    shape.seed = options.seed;
    shape.contacts = options.contacts;
    shape.transactions = options.rows_per_contact / kRowsPerTransaction;
    shape.odd = options.odd;
    shape.gone = options.gone;
    shape.days = options.days;
    const auto first = parse_time(options.first_day);
    if (!first)
        throw Error(Fault::config, fmt::format("first day: \"{}\" is no day", options.first_day))
            .with_hint("YYYY-MM-DD");
    shape.first_ms = first->time_since_epoch().count() / 1000 / kDay * kDay;
    if (shape.days == 0 || shape.days > 36'500 || shape.first_ms <= 0)
        throw Error(Fault::config, "the data set's days must lie after 1970 and be 1 to 36500");
    if (options.contacts > 100'000'000) throw Error(Fault::config, "at most 100,000,000 contacts");
    const auto share = [](double value) { return value >= 0 && value <= 1; };
    if (!share(options.odd) || !share(options.gone))
        throw Error(Fault::config, "odd and gone are shares from 0 to 1");
    if (options.rows_per_contact < 0 || options.rows_per_contact > 400)
        throw Error(Fault::config, "rows per contact: 0 to 400");
    for (const auto& [name, reading] : options.assume) set_reading(shape.readings, name, reading);
    return shape;
}

// Trees and plans are reused: their vectors keep their size.
struct Scratch {
    Plan plan;
    Tree tree;
};
Scratch& scratch() {
    thread_local Scratch one;
    return one;
}

}  // namespace

Campaign::Campaign(const Options& options)
    : campaign_(options.campaign),
      shape_(make_shape(options)),
      form_(options.fields, options.odd > 0, shape_.readings),
      base_inbound_(options.inbound_calls.value_or(options.contacts / 10)) {
    if (options.now) fixed_now_ = options.now->time_since_epoch().count() / 1000;
    last_time_ = shape_.end_ms();
    rebuild();
}

void Campaign::rebuild() {
    listing_ = false;
    unsettled_.clear();
    event_days_.reset();
    index_ = std::make_unique<ContactIndex>(shape_);
    event_days_ = std::make_unique<EventDays>(shape_, *index_);
    for (const auto& [contact, ops] : ops_) put_in_index(contact);
}

std::string Campaign::fields_json() const {
    std::shared_lock lock(mutex_);
    return form_.list_json();
}

Listed Campaign::contacts(std::optional<std::int32_t> since, const Place& place,
                          std::size_t limit) {
    std::unique_lock lock(mutex_);
    if (!place.after && place.time == 0) {
        settle_index();
        listing_ = shape_.readings.listing == Readings::Listing::stable;
    }
    ListKey from{static_cast<std::int32_t>(place.time), static_cast<std::uint32_t>(place.second),
                 place.first};
    if (!place.after && place.time == 0)
        from = {since.value_or(std::numeric_limits<std::int32_t>::min()), 0, 0};
    const auto keys = index_->from(from, place.after, limit);
    if (keys.size() < limit) settle_index();
    const std::size_t total = index_->size();
    const Shape shape = shape_;
    lock.unlock();

    Listed page;
    page.count = keys.size();
    page.total = total;
    page.elements.reserve(keys.size() * 70);
    for (const ListKey& key : keys) {
        page.elements.append(page.elements.empty() ? R"({"id":")" : R"(,{"id":")");
        append_contact_id(page.elements, shape, key.index);
        page.elements.append(R"(","md5":")");
        append_hex(page.elements, key.md5);
        append_hex(page.elements, mix(key.md5));
        page.elements.append("\"}");
    }
    if (keys.size() == limit && !keys.empty())
        page.next = Place{keys.back().day, keys.back().md5, keys.back().index, true};
    return page;
}

Listed Campaign::inbound(const Window& window, const Place& place, std::size_t limit) const {
    std::shared_lock lock(mutex_);
    const auto total = base_inbound_ + static_cast<std::uint32_t>(live_inbound_.size());
    std::uint32_t low = 0, high = total;  // the first call that is not before the window
    while (low < high) {
        const std::uint32_t middle = low + (high - low) / 2;
        inbound_at(middle) < window.from ? low = middle + 1 : high = middle;
    }
    if (place.after) low = static_cast<std::uint32_t>(place.first) + 1;
    Listed page;
    Tree& tree = scratch().tree;
    std::uint32_t number = low;
    for (; number < total && page.count < limit && inbound_at(number) <= window.to;
         ++number, ++page.count) {
        tree.clear();
        write_inbound(writing(), number, inbound_at(number), tree);
        if (page.count > 0) page.elements.push_back(',');
        render(tree, 0, form_.names(), page.elements);
    }
    page.total = total;
    if (page.count == limit && page.count > 0) page.next = Place{0, number - 1, 0, true};
    return page;
}

std::int64_t Campaign::inbound_at(std::uint32_t number) const {
    return number < base_inbound_ ? inbound_time(shape_, number, base_inbound_)
                                  : live_inbound_[number - base_inbound_];
}

Campaign::Delivered Campaign::deliver(const std::vector<std::string>& ids, bool stale) const {
    std::shared_lock lock(mutex_);
    Delivered delivered;
    delivered.body.reserve(ids.size() * 12'000);
    delivered.body.push_back('[');
    auto& [plan, tree] = scratch();
    const bool in_place = shape_.readings.missing == Readings::Missing::null;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const std::string& id =
            in_place ? ids[i] : ids[(i + ids.size() / 3) % ids.size()];  // any order
        std::uint32_t index = 0;
        const bool there = read_contact_id(shape_, id, index) && index < total_contacts() &&
                           !is_removed(index) && !is_gone(shape_, index);
        if (!there) {
            if (in_place) delivered.body.append("null,");
            continue;
        }
        auto ops = ops_of(index);
        if (stale && !delivered.was_stale && ops.size() > (index < shape_.contacts ? 0U : 1U)) {
            ops = ops.first(ops.size() - 1);
            delivered.was_stale = true;
        }
        make_plan(shape_, index, ops, plan);
        tree.clear();
        write_contact(writing(), plan, tree);
        render(tree, 0, form_.names(), delivered.body);
        delivered.body.push_back(',');
        ++delivered.contacts;
    }
    if (delivered.body.size() > 1) delivered.body.pop_back();
    delivered.body.push_back(']');
    return delivered;
}

std::span<const Op> Campaign::ops_of(std::uint32_t contact) const {
    const auto found = ops_.find(contact);
    return found == ops_.end() ? std::span<const Op>() : std::span<const Op>(found->second);
}

Readings Campaign::readings() const {
    std::shared_lock lock(mutex_);
    return shape_.readings;
}

void Campaign::assume(const std::string& name, const std::string& reading) {
    std::unique_lock lock(mutex_);
    const Readings before = shape_.readings;
    set_reading(shape_.readings, name, reading);
    const Readings& now = shape_.readings;
    const bool other_order = now.content_salt() != before.content_salt() ||
                             now.zone_minutes != before.zone_minutes ||
                             now.md5_without_recordings != before.md5_without_recordings;
    if (other_order) rebuild();
}

std::uint64_t Campaign::changes() const {
    std::shared_lock lock(mutex_);
    return number_;
}

std::uint64_t Campaign::contact_count() const {
    std::shared_lock lock(mutex_);
    return total_contacts() - removed_.size();
}

std::vector<std::string> Campaign::deleted() const {
    std::shared_lock lock(mutex_);
    std::vector<std::string> ids;
    for (const auto contact : removed_) append_contact_id(ids.emplace_back(), shape_, contact);
    return ids;
}

Campaign::TruthState Campaign::begin_truth(std::string_view table,
                                           const TruthOptions& options) const {
    std::shared_lock lock(mutex_);
    TruthState state;
    state.columns = std::make_unique<std::vector<KeyId>>(form_.columns());
    state.truth =
        std::make_unique<Truth>(truth_table(table), options, form_.names(), *state.columns);
    state.inbound = truth_table(table) == TruthTable::inbound_calls;
    return state;
}

bool Campaign::next_truth(TruthState& state, std::string& lines) const {
    std::shared_lock lock(mutex_);
    const std::uint32_t total =
        state.inbound ? base_inbound_ + static_cast<std::uint32_t>(live_inbound_.size())
                      : total_contacts();
    const auto row = [&](std::string_view text) { lines.append(text).push_back('\n'); };
    auto& [plan, tree] = scratch();
    const std::uint32_t end = std::min<std::uint32_t>(total, state.next + kTruthContacts);
    for (; state.next < end; ++state.next) {
        tree.clear();
        if (state.inbound) {
            write_inbound(writing(), state.next, inbound_at(state.next), tree);
            state.truth->inbound_call(tree, row);
        } else if (!is_removed(state.next) && !is_gone(shape_, state.next)) {
            make_plan(shape_, state.next, ops_of(state.next), plan);
            write_contact(writing(), plan, tree);
            state.truth->contact(tree, row);
        }
    }
    return state.next < total;
}

}  // namespace ringtail::sim
