#include "callkeeper_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "callkeeper_period.hpp"
#include "dice.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

constexpr std::size_t kLoggedRequests = 1000;
constexpr std::size_t kPiece = 256U << 10U;  // bytes of an answer made at once
constexpr std::string_view kMethods[] = {"getUserInfo", "getCallInfo", "getCallsInfo",
                                         "getCallsCompleted", "getCallsByStatus"};

http::Answer json_answer(std::string body) {
    http::Answer answer;
    answer.body = std::move(body);
    return answer;
}

http::Answer refusal(const CallRefusal& why, CallApiReadings::Shape shape) {
    const bool array = shape == CallApiReadings::Shape::array;
    http::Answer answer =
        json_answer(fmt::format(R"({}{{"status":"fail","reason":{}}}{})", array ? "[" : "",
                                json(why.reason), array ? "]" : ""));
    answer.status = why.status;
    return answer;
}

http::Answer nothing(CallApiReadings::Empty reading) {
    switch (reading) {
        case CallApiReadings::Empty::null:
            return json_answer(R"({"result":null})");
        case CallApiReadings::Empty::missing:
            return json_answer("{}");
        default:
            return json_answer(R"({"result":[]})");
    }
}

// Which calls of a period an answer holds.
struct Wanted {
    bool completed = false;
    std::vector<std::pair<int, int>> statuses;  // empty: any

    bool has(const CallPlan& plan, std::int64_t now) const {
        if (!completed && statuses.empty()) return true;
        int first = plan.status, second = plan.status2;
        const auto stage = plan.stage(now);
        if (stage == CallPlan::Stage::scheduled) first = 2, second = 0;
        if (stage == CallPlan::Stage::processing) first = 1, second = 0;
        if (stage == CallPlan::Stage::waiting) first = 707, second = 0;
        if (completed) return second != 0 || (first != 1 && first != 2);
        return std::ranges::find(statuses, std::pair(first, second)) != statuses.end();
    }
};

// Makes the answer to a period, piece by piece.
class Listing {
  public:
    Listing(const CallBook& book, CallApiReadings readings, Wanted wanted, std::int64_t now,
            std::uint64_t begin, std::uint64_t end)
        : book_(book),
          readings_(readings),
          wanted_(std::move(wanted)),
          now_(now),
          begin_(begin),
          count_(end - begin) {}

    std::optional<std::string> zone;  // of the dates; UTC without it
    std::shared_ptr<std::atomic<std::uint64_t>> counter;

    // Appends a piece; false after the last.
    bool next(std::string& out) {
        const std::size_t enough = out.size() + kPiece;
        if (at_ == 0 && written_ == 0) out.append("{\"result\":[");
        for (; at_ < count_ && out.size() < enough; ++at_) {
            const std::uint64_t index = begin_ + place(at_);
            if (!book_.is_listed(index)) continue;
            const CallPlan plan = book_.plan(index);
            if (!wanted_.has(plan, now_)) continue;
            if (written_++ > 0) out.push_back(',');
            const auto shift = zone ? zone_offset(*zone, plan.date).value_or(0) : 0;
            fill_call(record_, plan, CallFeed::api, now_, readings_, shift);
            append_call_json(out, record_);
        }
        if (at_ < count_) return true;
        out.append("]}");
        *counter += written_;
        return false;
    }

    bool any() const {
        for (std::uint64_t i = 0; i < count_; ++i)
            if (book_.is_listed(begin_ + i) && wanted_.has(book_.plan(begin_ + i), now_))
                return true;
        return false;
    }

  private:
    std::uint64_t place(std::uint64_t at) const {
        using Order = CallApiReadings::Order;
        if (readings_.order == Order::rising) return at;
        if (readings_.order == Order::falling) return count_ - 1 - at;
        constexpr std::uint64_t kStep = 4'294'967'291;  // a prime above any count
        return at * kStep % count_;
    }

    const CallBook& book_;
    const CallApiReadings readings_;
    const Wanted wanted_;
    const std::int64_t now_;
    const std::uint64_t begin_, count_;
    std::uint64_t at_ = 0, written_ = 0;
    CallRecord record_;
};

}  // namespace

Instant CallClock::now() const {
    const Instant base = fixed_.value_or(
        std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()));
    return base + std::chrono::seconds(ahead_);
}

std::int64_t CallClock::second() const {
    return std::chrono::floor<std::chrono::seconds>(now()).time_since_epoch().count();
}

struct CallApi::Asked {
    std::string_view method;
    CallParameters parameters;
    CallApiReadings readings;
    bool whole = false;  // the body must be made at once, to be spoilt

    std::optional<std::string> get(std::string_view name) const {
        const auto found = parameters.find(name);
        return found == parameters.end() ? std::nullopt : std::optional(found->second);
    }
};

CallApi::CallApi(const CallKeeperOptions& options, CallBook& book, CallClock& clock,
                 CallSwitches& switches, Faults& faults)
    : key_(options.key),
      book_(book),
      clock_(clock),
      switches_(switches),
      faults_(faults),
      latency_ms_(options.latency.count()) {}

http::Answer CallApi::answer(const http::ServerRequest& request) {
    const auto in_flight = ++*in_flight_;
    const std::shared_ptr<void> leaves(nullptr, [count = in_flight_](void*) { --*count; });
    Asked asked{std::string_view(request.path).substr(1), call_parameters(request),
                switches_.get()};
    {
        std::lock_guard lock(mutex_);
        stats_.in_flight_max = std::max(stats_.in_flight_max, in_flight);
        ++stats_.requests[std::string(asked.method)];
    }
    const auto fault = faults_.strike(asked.method, false);
    http::Answer answer;
    if (fault && replaces_answer(*fault)) {
        answer = answer_of(*fault);
    } else {
        asked.whole = fault.has_value();
        try {
            answer = dispatch(asked);
        } catch (const CallRefusal& why) {
            answer = refusal(why, asked.readings.errors);
        }
        if (fault) spoil(*fault, answer);
    }
    answer.delivery.delay = std::max<std::chrono::milliseconds>(
        answer.delivery.delay, std::chrono::milliseconds(latency_ms_));
    answer.hold = leaves;
    std::lock_guard lock(mutex_);
    if (!fault && answer.status != 200) ++stats_.errors;
    if (log_.size() == kLoggedRequests) log_.pop_front();
    log_.push_back({request.method, request.target, answer.status, 0});
    return answer;
}

http::Answer CallApi::dispatch(const Asked& asked) {
    if (asked.method == "getDoc") {
        http::Answer page;
        page.content_type = "text/html; charset=utf-8";
        page.body = "<!DOCTYPE html><title>API</title><p>A stand-in; see sim/README.md.";
        return page;
    }
    if (std::ranges::find(kMethods, asked.method) == std::end(kMethods))
        throw CallRefusal{405, fmt::format("Unknown method {}", asked.method)};
    if (auto no = refused(asked)) return std::move(*no);
    if (asked.method == "getUserInfo") return user_info(asked);
    if (asked.method == "getCallInfo") return call_info(asked);
    return calls(asked);
}

std::optional<http::Answer> CallApi::refused(const Asked& asked) const {
    using Account = CallApiReadings::Account;
    const auto key = asked.get("api_key");
    if (!key) throw CallRefusal{400, "Required key api_key is absent"};
    const auto account = asked.readings.account;
    if (account == Account::wrong_host) throw CallRefusal{401, "Unauthorized host!"};
    if (key->size() != 16 && key->size() != 32)
        throw CallRefusal{417, "Keys must have 16 or 32 characters and be hexadecimal"};
    if (account == Account::unknown_user) throw CallRefusal{412, "Unknown user"};
    if (*key != key_) throw CallRefusal{403, "Wrong api key"};
    // ASSUMPTION: no source shows what a key of another access level gets.
    if (account == Account::no_access)
        throw CallRefusal{403, "Access denied: the access level of the key does not allow this"};
    // ASSUMPTION: nor what the reading methods say when the paid period is over.
    if (account == Account::expired && asked.method != "getUserInfo")
        throw CallRefusal{403, "The paid period is over"};
    return std::nullopt;
}

http::Answer CallApi::user_info(const Asked& asked) {
    using Account = CallApiReadings::Account;
    constexpr std::int64_t kDaySeconds = 86'400, kMoscow = 10'800;
    std::int64_t days = 200;
    if (asked.readings.account == Account::soon) days = 3;
    if (asked.readings.account == Account::expired) days = -2;
    std::string paid;
    append_call_date(paid, clock_.second() + days * kDaySeconds, CallReadings::Dates::offset,
                     kMoscow);
    return json_answer(fmt::format(
        R"([{{"id":4711,"name":"ООО «Пример»","email":"owner@example.ru","balance":"1520.50","paid_till":"{}","time_zone":"Europe/Moscow"}}])",
        paid));
}

// The zone answers write dates in; nothing: UTC.
std::optional<std::string> CallApi::zone_of_dates(const Asked& asked) {
    if (asked.readings.zone != CallApiReadings::Zone::dates) return std::nullopt;
    return asked.get("time_zone");
}

http::Answer CallApi::call_info(const Asked& asked) {
    const auto text = asked.get("id_call");
    if (!text) throw CallRefusal{400, "Required key id_call is absent"};
    std::int64_t id = 0;
    const char* const end = text->data() + text->size();
    if (text->empty() || std::from_chars(text->data(), end, id).ptr != end)
        throw CallRefusal{406, "Wrong data type of id_call"};
    const auto index = book_.find(id);
    if (!index || book_.is_removed(*index) || book_.date_of(*index) > clock_.second()) {
        // ASSUMPTION: no source shows the answer to an id that is not there.
        if (asked.readings.unknown == CallApiReadings::Unknown::not_found)
            throw CallRefusal{404, "Request is not recognised"};
        return nothing(asked.readings.empty);
    }
    CallRecord record;
    const CallPlan plan = book_.plan(*index);
    const auto zone = zone_of_dates(asked);
    fill_call(record, plan, CallFeed::api, clock_.second(), asked.readings,
              zone ? zone_offset(*zone, plan.date).value_or(0) : 0);
    const bool array = asked.readings.info == CallApiReadings::Shape::array;
    std::string body = array ? "{\"result\":[" : "{\"result\":";
    append_call_json(body, record);
    ++*calls_sent_;
    return json_answer(body.append(array ? "]}" : "}"));
}

http::Answer CallApi::calls(const Asked& asked) {
    Wanted wanted;
    wanted.completed = asked.method == "getCallsCompleted";
    if (asked.method == "getCallsByStatus") wanted.statuses = call_statuses(asked.parameters);
    const CallPeriod period = call_period(asked.parameters, asked.readings);
    const std::int64_t now = clock_.second();
    const std::uint64_t begin = book_.first_from(period.from);
    const std::uint64_t end = book_.first_from(std::min(period.until, now + 1));
    if (begin >= end) return nothing(asked.readings.empty);
    const auto listing =
        std::make_shared<Listing>(book_, asked.readings, std::move(wanted), now, begin, end);
    listing->zone = zone_of_dates(asked);
    listing->counter = calls_sent_;
    if (!listing->any()) return nothing(asked.readings.empty);
    http::Answer answer;
    bool more = listing->next(answer.body);
    if (asked.whole) {
        while (more) more = listing->next(answer.body);
    } else if (more) {
        answer.more = [listing](std::string& piece) { return listing->next(piece); };
    }
    return answer;
}

CallKeeperStats CallApi::stats() const {
    std::lock_guard lock(mutex_);
    CallKeeperStats stats = stats_;
    stats.calls_sent = *calls_sent_;
    stats.faults = faults_.struck();
    return stats;
}

void CallApi::reset_stats() {
    std::lock_guard lock(mutex_);
    stats_ = {};
    log_.clear();
    *calls_sent_ = 0;
    faults_.reset_counts();
}

std::vector<RequestLine> CallApi::requests() const {
    std::lock_guard lock(mutex_);
    return {log_.begin(), log_.end()};
}

}  // namespace ringtail::sim
