#include "readings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "dice.hpp"

namespace ringtail::sim {

const std::vector<Switch>& switches() {
    static const std::vector<Switch> all{
        {"G-1",
         {"fired", "changed"},
         "from/to of the events select by fired, or by when the transaction last changed"},
        {"G-2",
         {"inclusive", "exclusive", "half-open", "to-required"},
         "both bounds belong to the window, none, only from; to-required: 400 without to"},
        {"G-3",
         {"utc", "east", "west"},
         "from/to of the events and the days of changedSince are UTC, UTC+2, or UTC-5 (inbound "
         "calls stay UTC)"},
        {"G-4",
         {"sequence", "none", "other"},
         "digits behind the Z of an event: sequence_nr, none, unrelated ones"},
        {"G-5",
         {"content", "fixed", "contact"},
         "an event's md5 covers the transaction's content, never changes, or is the contact's"},
        {"G-6",
         {"rare", "never", "often"},
         "contacts that have two transactions with the same fired"},
        {"G-7",
         {"left-out", "null", "few"},
         "ids that are gone are left out of an answer in any order, are null in their place, or "
         "left out and more than "
         "20 ids are a 400 (otherwise more than 100)"},
        {"G-8",
         {"all", "no-recordings"},
         "a contact's md5 covers everything, or does not change when a recording arrives"},
        {"G-9",
         {"moves", "repeats", "stable"},
         "a contact that changes while the list is paged moves to its new place, pages also "
         "overlap, or stays in place"},
        {"G-10",
         {"long", "short"},
         "cursors live long, or the third of each listing is refused once with a 400"},
        {"G-11",
         {"page", "total", "missing"},
         "count: entries of the page, of the whole listing, or not there"},
        {"G-12",
         {"none", "retry-after", "bare", "capped"},
         "no quota, 429 with or without Retry-After above 8 requests at once, or pages of at most "
         "100"},
        {"G-13",
         {"user", "isHI", "ignored"},
         "hi=true: user set and not $assigned, isHI, or no filter at all"},
        {"G-14",
         {"prefix", "exact", "contact", "ignored"},
         "tasks=: prefix of the transaction's stage, its whole name, prefix of the contact's "
         "stage, or no filter"},
        {"G-15",
         {"text", "numbers"},
         "times and flags of inbound calls are text and booleans, or numbers"},
        {"G-16",
         {"known", "open"},
         "state, disposition, technology, result … have known values, or any"},
        {"G-17",
         {"short", "long"},
         "connection ids have 32 characters and locations about 130, or 70 and over 300"},
        {"G-18", {"true", "missing"}, "isThirdPartyConnection inside third_party_connections"},
        {"G-19", {"exist", "none"}, "contacts have custom fields that are not in fields/list"},
        {"G-20", {"no", "listed"}, "the five $$anrufen_ fields come through fields/list"},
        {"G-21", {"delivered", "missing"}, "wait_time_sec of transactions"},
        {"G-22",
         {"both", "numbers", "text"},
         "values of number fields: JSON numbers and texts, only one of them"},
        {"G-23", {"no", "yes"}, "contacts have a $changed key"},
        {"G-27",
         {"permanent", "temporary"},
         "403 means a wrong token only, or every 50th request gets one"},
    };
    return all;
}

void set_reading(Readings& readings, const std::string& name, const std::string& reading) {
    const auto found = std::ranges::find(switches(), name, &Switch::name);
    if (found == switches().end()) {
        std::vector<std::string> names;
        for (const auto& one : switches()) names.push_back(one.name);
        throw Error(Fault::config, fmt::format("no assumption \"{}\"", name))
            .with_hint(fmt::format("those that concern the server: {}", fmt::join(names, " ")));
    }
    const auto at = std::ranges::find(found->readings, reading);
    if (at == found->readings.end())
        throw Error(Fault::config, fmt::format("{} has no reading \"{}\"", name, reading))
            .with_hint(fmt::format("its readings: {}", fmt::join(found->readings, " ")));
    const auto place = static_cast<std::uint8_t>(at - found->readings.begin());
    const bool other = place == 1;
    switch (std::stoi(name.substr(2))) {
        case 1:
            readings.select_by_change = other;
            break;
        case 2:
            readings.bounds = Readings::Bounds{place};
            break;
        case 3:
            readings.zone_minutes = place == 0 ? 0 : place == 1 ? 120 : -300;
            break;
        case 4:
            readings.digits = Readings::Digits{place};
            break;
        case 5:
            readings.event_md5 = Readings::EventMd5{place};
            break;
        case 6:
            readings.same_fired = Readings::Same{place};
            break;
        case 7:
            readings.missing = Readings::Missing{place};
            break;
        case 8:
            readings.md5_without_recordings = other;
            break;
        case 9:
            readings.listing = Readings::Listing{place};
            break;
        case 10:
            readings.cursors = Readings::Cursors{place};
            break;
        case 11:
            readings.count = Readings::Count{place};
            break;
        case 12:
            readings.quota = Readings::Quota{place};
            break;
        case 13:
            readings.hi = Readings::HiFilter{place};
            break;
        case 14:
            readings.tasks = Readings::TaskFilter{place};
            break;
        case 15:
            readings.inbound_numbers = other;
            break;
        case 16:
            readings.open_sets = other;
            break;
        case 17:
            readings.long_texts = other;
            break;
        case 18:
            readings.third_party_unmarked = other;
            break;
        case 19:
            readings.no_unlisted_fields = other;
            break;
        case 20:
            readings.mirror_fields_listed = other;
            break;
        case 21:
            readings.no_wait_time = other;
            break;
        case 22:
            readings.number_fields = Readings::Values{place};
            break;
        case 23:
            readings.changed_delivered = other;
            break;
        default:
            readings.forbidden_at_times = other;
            break;
    }
}

std::uint64_t Readings::content_salt() const {
    std::uint64_t bits = 0;
    for (const unsigned part :
         {static_cast<unsigned>(same_fired), static_cast<unsigned>(number_fields),
          static_cast<unsigned>(open_sets), static_cast<unsigned>(long_texts),
          static_cast<unsigned>(third_party_unmarked), static_cast<unsigned>(no_unlisted_fields),
          static_cast<unsigned>(mirror_fields_listed), static_cast<unsigned>(no_wait_time),
          static_cast<unsigned>(changed_delivered)})
        bits = bits << 2U | part;
    return bits == 0 ? 0 : mix(bits);
}

}  // namespace ringtail::sim
