#include "api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/time_text.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

constexpr std::size_t kLoggedRequests = 1000;
constexpr std::uint64_t kQuotaInFlight = 8;          // G-12
constexpr std::size_t kQuotaLimit = 100;             // G-12 capped
constexpr std::size_t kMostIds = 100, kFewIds = 20;  // G-7
constexpr std::uint32_t kShortLife = 2;              // pages, G-10
constexpr std::uint64_t kForbiddenEvery = 50;        // G-27

http::Answer plain(int status, std::string text) {
    http::Answer answer;
    answer.status = status;
    answer.content_type = "text/plain; charset=utf-8";
    answer.body = std::move(text);
    return answer;
}

http::Answer json_answer(std::string body) {
    http::Answer answer;
    answer.body = std::move(body);
    return answer;
}

struct Known {
    std::string_view method, endpoint, name;
};
constexpr Known kCalls[] = {{"GET", "fields/list", "fields"},
                            {"GET", "contacts/list", "list"},
                            {"POST", "contacts/", "contacts"},
                            {"GET", "contacts/transactions/", "transactions"},
                            {"GET", "inbound/calls/", "inbound"}};

// The call's name in the statistics; empty when there is no such call.
std::string_view name_of(std::string_view method, std::string_view endpoint) {
    const auto found = std::ranges::find_if(
        kCalls, [&](const Known& one) { return one.method == method && one.endpoint == endpoint; });
    return found == std::end(kCalls) ? std::string_view() : found->name;
}

// What a cursor is bound to: the call and all parameters but the cursor itself, in any order.
std::uint64_t query_of(std::string_view endpoint, const http::ServerRequest& request) {
    auto parameters = request.query;
    std::ranges::sort(parameters);
    std::uint64_t hash = 0;
    const auto add = [&](std::string_view text) {
        for (const char c : text)
            hash = hash * 1099511628211ULL + static_cast<unsigned char>(c) + 1;
        hash = mix(hash);
    };
    add(endpoint);
    for (const auto& [name, value] : parameters) {
        if (name == "cursor") continue;
        add(name);
        add(value);
    }
    return hash;
}

std::size_t limit_of(const http::ServerRequest& request) {
    const auto text = request.parameter("limit").value_or("1000");
    std::size_t limit = 0;
    std::from_chars(text.data(), text.data() + text.size(), limit);
    return std::clamp<std::size_t>(limit, 1, 1000);
}

// ["id", …]: nothing when it is no such array.
std::optional<std::vector<std::string>> read_ids(std::string_view body) {
    std::vector<std::string> ids;
    const auto first = body.find_first_not_of(" \t\r\n"), last = body.find_last_not_of(" \t\r\n");
    if (first == std::string_view::npos || body[first] != '[' || body[last] != ']')
        return std::nullopt;
    std::size_t at = first + 1;
    while (true) {
        const auto open = body.find('"', at);
        if (open == std::string_view::npos) return ids;
        const auto close = body.find('"', open + 1);
        if (close == std::string_view::npos) return std::nullopt;
        ids.emplace_back(body.substr(open + 1, close - open - 1));
        at = close + 1;
    }
}

// from= and to=; `zone_minutes` is what a time without zone is read in. False when a time is none.
bool read_window(const http::ServerRequest& request, int zone_minutes, Window& window) {
    const auto read = [&](std::string_view name, std::int64_t& into) {
        const auto text = request.parameter(name);
        if (!text || text->empty()) return true;
        const auto time = parse_time(*text);
        if (!time) return false;
        into = time->time_since_epoch().count() / 1000 - zone_minutes * kMinute;
        return true;
    };
    return read("from", window.from) && read("to", window.to);
}

}  // namespace

Api::Api(const Options& options, Campaign& campaign, Faults& faults)
    : prefix_("/api/campaigns/" + options.campaign + "/"),
      bearer_("Bearer " + options.token),
      campaign_(campaign),
      faults_(faults),
      latency_ms_(options.latency.count()) {}

http::Answer Api::answer(const http::ServerRequest& request) {
    Call call{request, {}, {}, {}, 0};
    const auto in_flight = ++*in_flight_;
    const std::shared_ptr<void> leaves(nullptr, [count = in_flight_](void*) { --*count; });
    {
        std::lock_guard lock(mutex_);
        stats_.in_flight_max = std::max(stats_.in_flight_max, in_flight);
    }
    http::Answer answer;
    if (request.header("authorization") != bearer_) {
        std::lock_guard lock(mutex_);
        ++stats_.forbidden;
        answer = plain(403, "403 - Forbidden");
    } else if (!request.path.starts_with(prefix_)) {
        answer = plain(404, "404 - Not Found");
    } else {
        call.endpoint = std::string_view(request.path).substr(prefix_.size());
        call.name = name_of(request.method, call.endpoint);
        if (!call.name.empty()) {
            std::lock_guard lock(mutex_);
            ++stats_.requests[std::string(call.name)];
        }
        const auto quota = campaign_.readings().quota;
        if (campaign_.readings().forbidden_at_times && ++served_ % kForbiddenEvery == 0) {
            answer = plain(403, "403 - Forbidden");
        } else if (quota != Readings::Quota::none && quota != Readings::Quota::capped &&
                   in_flight > kQuotaInFlight) {
            answer = plain(429, "429 - Too Many Requests");
            if (quota == Readings::Quota::retry_after)
                answer.headers.emplace_back("Retry-After", "1");
        } else {
            const auto cursor = request.parameter("cursor");
            call.fault = faults_.strike(call.endpoint, cursor && !cursor->empty());
            answer = call.fault && replaces_answer(*call.fault) ? answer_of(*call.fault)
                                                                : dispatch(call);
            if (call.fault && !replaces_answer(*call.fault)) spoil(*call.fault, answer);
        }
    }
    answer.delivery.delay = std::max<std::chrono::milliseconds>(
        answer.delivery.delay, std::chrono::milliseconds(latency_ms_));
    answer.hold = leaves;
    note(call, answer);
    return answer;
}

http::Answer Api::dispatch(Call& call) {
    switch (call.name.empty() ? '\0' : call.name[0]) {
        case 'f':
            return fields();
        case 'l':
            return list(call);
        case 'c':
            return contacts(call);
        case 't':
            return events(call);
        case 'i':
            return inbound(call);
        default:
            return plain(404, "404 - Not Found");
    }
}

http::Answer Api::fields() { return json_answer(campaign_.fields_json()); }

template <typename Read>
http::Answer Api::page(Call& call, const Read& read) {
    const Readings readings = campaign_.readings();
    const std::uint64_t query = query_of(call.endpoint, call.request);
    Cursor here{query, 0, false, 0, 0, 0};
    const auto text = call.request.parameter("cursor");
    if (text && !text->empty()) {
        const auto cursor = read_cursor(*text, query);
        if (!cursor) return plain(400, "400 - Bad Request: not a cursor of this query");
        here = *cursor;
        if (readings.cursors == Readings::Cursors::short_lived && refused_once(query, here))
            return plain(400, "400 - Bad Request: cursor expired");
    }
    if (call.fault && call.fault->kind == "move")
        campaign_.move_one({here.time, here.first, here.second, here.after});
    std::size_t limit = limit_of(call.request);
    if (readings.quota == Readings::Quota::capped) limit = std::min(limit, kQuotaLimit);
    // Now and then a page is short, or empty, and still not the last one: only the cursor says so.
    const std::uint64_t chance = mix(query, here.page, 0x5407);
    const bool short_page = limit > 4 && chance % 8 == 0;
    Listed listed = read(Place{here.time, here.first, here.second, here.after},
                         short_page ? limit * 3 / 4 : limit);
    if (call.fault && call.fault->kind == "list_twice") {
        listed.next = Place{here.time, here.first, here.second, here.after};
    } else if (listed.next && readings.listing == Readings::Listing::repeats &&
               call.endpoint == "contacts/list" && listed.count > 1) {
        listed.next->after = false;
    }
    std::string body = "{";
    if (readings.count == Readings::Count::page)
        body.append(fmt::format("\"count\":{},", listed.count));
    if (readings.count == Readings::Count::total)
        body.append(fmt::format("\"count\":{},", listed.total));
    body.append("\"results\":[").append(listed.elements).push_back(']');
    if (listed.next) {
        const Cursor next{query,
                          here.page + 1,
                          listed.next->after,
                          listed.next->time,
                          listed.next->first,
                          listed.next->second};
        body.append(R"(,"cursor":")").append(write_cursor(next)).push_back('"');
    } else if (chance % 3 != 0) {
        body.append(R"(,"cursor":"")");
    }
    body.push_back('}');
    return json_answer(std::move(body));
}

http::Answer Api::list(Call& call) {
    std::optional<std::int32_t> since;
    if (const auto text = call.request.parameter("changedSince"); text && !text->empty()) {
        const auto day = parse_time(text->substr(0, 10));
        if (!day) return plain(400, "400 - Bad Request: changedSince");
        since = static_cast<std::int32_t>(day->time_since_epoch().count() / 1000 / kDay);
    }
    return page(call, [&](const Place& place, std::size_t limit) {
        return campaign_.contacts(since, place, limit);
    });
}

http::Answer Api::contacts(Call& call) {
    const auto ids = read_ids(call.request.body);
    if (!ids) return plain(400, "400 - Bad Request: not an array of ids");
    if (call.request.parameter("include_md5") != "true")
        return plain(400, "400 - Bad Request: the stand-in knows include_md5=true only");
    const bool few = campaign_.readings().missing == Readings::Missing::few;
    if (ids->size() > (few ? kFewIds : kMostIds))
        return plain(400, "400 - Bad Request: too many ids");
    call.ids = ids->size();
    const bool stale = call.fault && call.fault->kind == "stale";
    auto delivered = campaign_.deliver(*ids, stale);
    if (stale && !delivered.was_stale) faults_.not_struck(*call.fault);
    std::lock_guard lock(mutex_);
    stats_.ids_asked += ids->size();
    stats_.contacts_sent += delivered.contacts;
    return json_answer(std::move(delivered.body));
}

http::Answer Api::events(Call& call) {
    const Readings readings = campaign_.readings();
    const auto& request = call.request;
    Window window;
    if (!read_window(request, readings.zone_minutes, window))
        return plain(400, "400 - Bad Request: from or to");
    const bool has_to = request.parameter("to") && !request.parameter("to")->empty();
    if (readings.bounds == Readings::Bounds::to_required && !has_to)
        return plain(400, "400 - Bad Request: to is missing");
    if (readings.bounds == Readings::Bounds::exclusive) ++window.from;
    if (has_to && (readings.bounds == Readings::Bounds::exclusive ||
                   readings.bounds == Readings::Bounds::half_open))
        --window.to;
    EventFilter filter;
    filter.updates_only = request.parameter("type") == "update";
    filter.human_only = request.parameter("hi") == "true";
    if (const auto tasks = request.parameter("tasks"); tasks && !tasks->empty()) {
        std::string_view rest = *tasks;
        while (true) {
            const auto comma = rest.find(',');
            filter.stages.emplace_back(rest.substr(0, comma));
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return page(call, [&](const Place& place, std::size_t limit) {
        return campaign_.events(window, filter, place, limit);
    });
}

http::Answer Api::inbound(Call& call) {
    Window window;
    if (!read_window(call.request, 0, window)) return plain(400, "400 - Bad Request: from or to");
    return page(call, [&](const Place& place, std::size_t limit) {
        return campaign_.inbound(window, place, limit);
    });
}

bool Api::refused_once(std::uint64_t query, const Cursor& cursor) {
    if (cursor.page < kShortLife) return false;
    std::lock_guard lock(mutex_);
    return refused_.insert(query).second;
}

void Api::note(const Call& call, const http::Answer& answer) {
    std::lock_guard lock(mutex_);
    stats_.bytes += answer.body.size();
    log_.push_back({call.request.method, call.request.target, answer.status, call.ids});
    if (log_.size() > kLoggedRequests) log_.pop_front();
}

Stats Api::stats() const {
    const auto faults = faults_.struck();
    const auto changes = campaign_.changes(), contacts = campaign_.contact_count();
    std::lock_guard lock(mutex_);
    Stats stats = stats_;
    stats.faults = faults;
    stats.changes = changes;
    stats.contacts = contacts;
    return stats;
}

void Api::reset_stats() {
    faults_.reset_counts();
    std::lock_guard lock(mutex_);
    stats_ = Stats();
    log_.clear();
}

std::vector<RequestLine> Api::requests() const {
    std::lock_guard lock(mutex_);
    return {log_.begin(), log_.end()};
}

}  // namespace ringtail::sim
