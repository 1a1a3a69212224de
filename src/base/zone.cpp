#include "base/zone.hpp"

#include <cctz/civil_time.h>
#include <cctz/time_zone.h>
#include <fmt/core.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace ringtail {
namespace {

using namespace std::chrono;

std::string lower(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += static_cast<char>(std::tolower(static_cast<unsigned char>(c == ' ' ? '_' : c)));
    return out;
}

// A zone is an area and a place; "localtime" and file names, which cctz takes too, are none.
bool may_be_zone(std::string_view name) {
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '_' ||
               c == '-' || c == '+';
    };
    return !name.empty() && name.front() != '/' && name != "localtime" &&
           std::all_of(name.begin(), name.end(), allowed);
}

// The known name that is most like `name`; a place without its area counts as like. Empty when
// nothing is.
std::string near_zone(std::string_view name) {
    const char* const set = std::getenv("TZDIR");
    const std::filesystem::path root = set != nullptr ? set : "/usr/share/zoneinfo";
    const std::string wanted = lower(name);
    std::string best;
    std::size_t best_distance = std::min<std::size_t>(4, 1 + name.size() / 3);
    std::error_code error;
    for (std::filesystem::recursive_directory_iterator at(root, error), end; at != end && !error;
         at.increment(error)) {
        const std::string known = at->path().lexically_relative(root).string();
        if (known == "posix" || known == "right") at.disable_recursion_pending();
        if (!at->is_regular_file(error) || std::isupper(static_cast<unsigned char>(known[0])) == 0)
            continue;
        const std::string candidate = lower(known);
        const std::size_t far =
            std::min(edit_distance(wanted, candidate),
                     1 + edit_distance(
                             wanted, std::string_view(candidate).substr(candidate.rfind('/') + 1)));
        if (far < best_distance || (far == best_distance && !best.empty() && known < best)) {
            best = known;
            best_distance = far;
        }
    }
    return best;
}

local_seconds to_local(const cctz::civil_second& civil) {
    return local_seconds(seconds(civil - cctz::civil_second(1970, 1, 1)));
}

cctz::civil_second to_civil(local_seconds time) {
    return cctz::civil_second(1970, 1, 1) + time.time_since_epoch().count();
}

}  // namespace

struct Zone::Rules {
    cctz::time_zone zone;
};

Zone::Zone(const std::string& name) : name_(name) {
    Rules rules;
    if (!may_be_zone(name) || !cctz::load_time_zone(name, &rules.zone)) {
        const std::string like = near_zone(name);
        throw Error(Fault::config, fmt::format("\"{}\" is no time zone that is known here", name))
            .with_hint(like.empty()
                           ? std::string("Zones are named as Europe/Moscow or America/New_York; "
                                         "`timedatectl list-timezones` prints them.")
                           : fmt::format("Did you mean {}?", like));
    }
    rules_ = std::make_shared<const Rules>(rules);
}

local_seconds Zone::local(Instant instant) const {
    const auto civil = rules_->zone.lookup(floor<seconds>(instant));
    return to_local(civil.cs);
}

Instant Zone::instant(local_seconds time) const {
    const auto found = rules_->zone.lookup(to_civil(time));
    return time_point_cast<microseconds>(
        found.kind == cctz::time_zone::civil_lookup::SKIPPED ? found.trans : found.pre);
}

std::vector<Zone::Offset> Zone::offsets(sys_seconds from, sys_seconds until) const {
    const auto at = [&](sys_seconds moment) {
        return Offset{moment, seconds(rules_->zone.lookup(moment).offset)};
    };
    std::vector<Offset> found{at(from)};
    cctz::time_zone::civil_transition change;
    sys_seconds last = from;
    while (rules_->zone.next_transition(last, &change)) {
        last = floor<seconds>(rules_->zone.lookup(change.to).trans);
        if (last >= until) break;
        if (at(last).seconds != found.back().seconds) found.push_back(at(last));
    }
    return found;
}

}  // namespace ringtail
