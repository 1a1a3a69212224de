#include <algorithm>

#include "campaign.hpp"
#include "odd.hpp"
#include "text.hpp"

// contacts/transactions/: the events.
namespace ringtail::sim {

namespace {

constexpr std::size_t kMostLookedAt =
    20'000;  // per page: a filter that matches little must not make a page slow

bool is_human(const Step& step) {
    return step.kind == Step::Kind::human || step.kind == Step::Kind::assigned;
}

bool passes(const Readings& readings, const EventFilter& filter, const Plan& plan,
            const Step& step) {
    if (filter.updates_only && step.kind == Step::Kind::dial) return false;
    if (filter.human_only) {
        if (readings.hi == Readings::HiFilter::user && step.kind != Step::Kind::human) return false;
        if (readings.hi == Readings::HiFilter::is_hi &&
            !(is_human(step) && (step.dice & 0x1F000U) != 0))
            return false;
    }
    if (filter.stages.empty() || readings.tasks == Readings::TaskFilter::ignored) return true;
    const Step& decides =
        readings.tasks == Readings::TaskFilter::contact ? plan.steps.back() : step;
    const std::string_view name = kStages[decides.stage].name;
    const bool exact = readings.tasks == Readings::TaskFilter::exact;
    return std::ranges::any_of(filter.stages, [&](const std::string& stage) {
        return exact ? name == stage : name.starts_with(stage);
    });
}

}  // namespace

// Writes the event unless the filter is against it or it no longer counts. `live_number`: the live
// change it stands for, 0 for one of the data set.
bool Campaign::append_event(std::string& out, std::uint32_t contact, std::uint16_t place,
                            const EventFilter& filter, std::uint64_t live_number,
                            Plan& plan) const {
    if (is_removed(contact)) return false;
    make_plan(shape_, contact, ops_of(contact), plan);
    const Step& step = plan.steps[place];
    const Readings& readings = shape_.readings;
    if (readings.select_by_change && step.changed_by != live_number) return false;
    if (!passes(readings, filter, plan, step)) return false;
    if (place == 0 && (has(plan.odd, Odd::no_fired) || has(plan.odd, Odd::fired_number)))
        return false;
    if (has(plan.odd, Odd::task_log_null) || has(plan.odd, Odd::task_log_missing)) return false;
    out.append(out.empty() ? "\"" : ",\"");
    append_time(out, step.fired);
    if (has(plan.odd, Odd::short_fired)) out.replace(out.size() - 5, 5, "Z");
    if (readings.digits == Readings::Digits::sequence) append_digits(out, place, 4);
    if (readings.digits == Readings::Digits::other) append_digits(out, step.dice % 10'000, 4);
    const auto [high, low] = event_md5(shape_, plan, place);
    out.push_back('|');
    append_hex(out, high);
    append_hex(out, low);
    out.push_back('|');
    append_contact_id(out, shape_, contact);
    out.push_back('|');
    append_number(out, step.entry);
    out.push_back(',');
    append_number(out, step.place);
    out.push_back('"');
    return true;
}

Listed Campaign::events(const Window& window, const EventFilter& filter, const Place& place,
                        std::size_t limit) const {
    std::shared_lock lock(mutex_);
    Listed page;
    page.total = live_events_.size();
    thread_local Plan plan;
    std::size_t looked_at = 0;
    const auto full = [&] { return page.count >= limit || looked_at >= kMostLookedAt; };
    const std::int64_t end = shape_.end_ms();

    // A place of the data set: fired, contact, step. A live one: time, number of the change; those
    // all come after.
    std::int64_t from = std::max(window.from, shape_.first_ms - 8 * kDay);
    if (place.after) from = std::max(from, place.time);
    for (auto day = static_cast<std::int32_t>(from / kDay);
         from < end && day * kDay <= std::min(window.to, end) && !full(); ++day) {
        const auto events = event_days_->day(day);
        auto at = std::lower_bound(events->begin(), events->end(), BaseEvent{from, 0, 0});
        if (place.after && place.time >= from)
            at = std::upper_bound(at, events->end(),
                                  BaseEvent{place.time, static_cast<std::uint32_t>(place.first),
                                            static_cast<std::uint16_t>(place.second)});
        for (; at != events->end() && at->fired <= window.to && !full(); ++at, ++looked_at) {
            if (append_event(page.elements, at->contact, at->step, filter, 0, plan)) ++page.count;
            page.next = Place{at->fired, at->contact, at->step, true};
        }
    }
    const std::uint64_t after_number = place.after && place.time >= end ? place.first : 0;
    auto live = std::ranges::lower_bound(live_events_, from, {}, &LiveEvent::at);
    for (; live != live_events_.end() && live->at <= window.to && !full(); ++live, ++looked_at) {
        if (live->number <= after_number || (!live->fresh && !shape_.readings.select_by_change))
            continue;
        const std::uint64_t number = shape_.readings.select_by_change ? live->number : 0;
        if (append_event(page.elements, live->contact, live->step, filter, number, plan))
            ++page.count;
        page.next = Place{live->at, live->number, 0, true};
    }
    if (!full()) page.next.reset();
    return page;
}

}  // namespace ringtail::sim
