#include "callkeeper_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <mutex>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "callkeeper_odd.hpp"
#include "dice.hpp"

namespace ringtail::sim {

namespace {

constexpr std::int64_t kDaySeconds = 86'400;
constexpr std::int64_t kMoscowMidnight = 75'600;  // 21:00:00 UTC
constexpr std::int64_t kFirstId = 1'000'000'000, kIdsPerDay = 100'000;
constexpr std::uint64_t kMostPerDay = 65'000, kMostDays = 10'000;
constexpr std::uint64_t kFewest = 16;  // calls a day with calls exactly at the bounds
constexpr unsigned kAttempts = 5;
constexpr std::uint64_t kReach = 12;  // how far behind its first attempt a retry may be

constexpr std::int64_t kWaits[] = {40, 240, 1500, 6000, 60'000};  // seconds until a call settles

struct Reason {
    int code;
    std::string_view text;
};
constexpr Reason kReasons[] = {{1, "In progress"},
                               {2, "Scheduled"},
                               {101, "Voice notification"},
                               {200, "OK"},
                               {400, "Bad Request"},
                               {403, "Forbidden"},
                               {404, "Not Found"},
                               {408, "Request Timeout"},
                               {480, "Temporarily Unavailable"},
                               {486, "Busy Here"},
                               {487, "Request Terminated"},
                               {488, "Not Acceptable Here"},
                               {500, "Server Internal Error"},
                               {503, "Service Unavailable"},
                               {603, "Decline"},
                               {667, "Клиент заблокирован"},
                               {707, "Ожидание статуса"},
                               {708, "Отменён менеджером"},
                               {717, "Превышено время соединения"},
                               {815, "Дубль \"звонка\""}};

}  // namespace

const std::vector<StatusPair>& status_pairs() {
    static const std::vector<StatusPair> pairs = [] {
        std::vector<StatusPair> all{{1, 0}, {2, 0}, {200, 200}, {101, 200}, {101, 480}, {101, 486}};
        for (const int second : {0,   1,   199, 201, 400, 401, 403, 404, 406, 408, 410, 461, 480,
                                 484, 486, 487, 491, 500, 502, 503, 504, 600, 603, 604, 708, 717})
            all.push_back({200, second});
        for (const int first : {403, 404, 408, 480, 484, 486, 487, 488, 491, 500, 502, 503,
                                504, 603, 604, 667, 668, 701, 702, 703, 704, 705, 706, 707,
                                708, 709, 710, 718, 720, 790, 811, 812, 813, 814, 815})
            all.push_back({first, 0});
        all.push_back({999, 77});  // in no list
        return all;
    }();
    return pairs;
}

std::string_view status_reason(int code) {
    const auto found = std::ranges::find(kReasons, code, &Reason::code);
    return found == std::end(kReasons) ? std::string_view() : found->text;
}

CallPlan::Stage CallPlan::stage(std::int64_t now) const {
    if (!ends()) return Stage::settled;  // its last state is its first
    if (now < begins) return Stage::scheduled;
    if (now < over) return Stage::processing;
    if (now >= settles) return Stage::settled;
    return life == Life::waiting ? Stage::waiting : Stage::without_talk;
}

CallBook::CallBook(const CallKeeperOptions& options)
    : seed_(options.seed), per_day_(options.calls_per_day), days_(options.days), odd_(options.odd) {
    if (per_day_ == 0 || per_day_ > kMostPerDay)
        throw Error(Fault::config, fmt::format("{} calls a day: 1 to {}", per_day_, kMostPerDay));
    if (days_ == 0 || days_ > kMostDays)
        throw Error(Fault::config, fmt::format("{} days of calls: 1 to {}", days_, kMostDays));
    if (!(odd_ >= 0 && odd_ <= 1))
        throw Error(Fault::config, "the share of odd calls is from 0 to 1");
    const auto first = parse_time(options.first_day);
    if (!first || options.first_day.size() != 10)
        throw Error(Fault::config, fmt::format("\"{}\" is no day", options.first_day))
            .with_hint("the first day of the calls is written as 2024-01-01");
    first_ = std::chrono::floor<std::chrono::seconds>(*first).time_since_epoch().count();
}

std::uint64_t CallBook::dice_of(std::uint64_t index) const { return mix(seed_, index, 0xCA11); }

// Every call has its slot of the day. Some stand exactly at the bounds of days, here and in Moscow,
// and some in the same second as the call before.
std::int64_t CallBook::second_of_day(std::uint64_t day, std::uint64_t number) const {
    if (per_day_ < kFewest) return static_cast<std::int64_t>(number * kDaySeconds / per_day_);
    const std::uint64_t moscow =
        (kMoscowMidnight * per_day_ + kDaySeconds - 1) / static_cast<std::uint64_t>(kDaySeconds);
    if (number <= 1) return 0;
    if (number + 1 == moscow) return kMoscowMidnight - 1;
    if (number == moscow || number == moscow + 1) return kMoscowMidnight;
    if (number + 1 == per_day_) return kDaySeconds - 1;
    const std::uint64_t dice = mix(seed_, day * per_day_ + number, 0x71E);
    if (dice % 64 == 0) return second_of_day(day, number - 1);
    const std::uint64_t part = (dice >> 32U) & 0xFFFU;  // of 4096
    return static_cast<std::int64_t>((number * 4096 + part) * kDaySeconds / (per_day_ * 4096));
}

std::int64_t CallBook::date_of(std::uint64_t index) const {
    const std::uint64_t day = index / per_day_;
    return first_ + static_cast<std::int64_t>(day) * kDaySeconds +
           second_of_day(day, index % per_day_);
}

std::uint64_t CallBook::first_from(std::int64_t second) const {
    if (second <= first_) return 0;
    const auto day = static_cast<std::uint64_t>((second - first_) / kDaySeconds);
    if (day >= days_) return size();
    const auto of_day = static_cast<std::uint64_t>((second - first_) % kDaySeconds);
    const std::uint64_t slot = of_day * per_day_ / kDaySeconds;
    std::uint64_t index = day * per_day_ + (slot > 3 ? slot - 3 : 0);
    while (index > 0 && date_of(index - 1) >= second) --index;
    while (index < size() && date_of(index) < second) ++index;
    return index;
}

std::optional<std::uint64_t> CallBook::find(std::int64_t id) const {
    if (id < kFirstId) return std::nullopt;
    const auto day = static_cast<std::uint64_t>((id - kFirstId) / kIdsPerDay);
    const auto number = static_cast<std::uint64_t>((id - kFirstId) % kIdsPerDay);
    if (day >= days_ || number >= per_day_) return std::nullopt;
    return day * per_day_ + number;
}

// Half of the calls are a success; the others go through all pairs in turn.
StatusPair CallBook::pair_of(std::uint64_t index) const {
    if ((dice_of(index) >> 7U) % 2 == 0) return {200, 200};
    const auto& pairs = status_pairs();
    return pairs[(index + seed_) % pairs.size()];
}

std::optional<std::uint64_t> CallBook::retried(std::uint64_t index) const {
    const std::uint64_t dice = dice_of(index);
    if (index % per_day_ <= kReach || (dice >> 9U) % 8 != 0) return std::nullopt;
    const std::uint64_t earlier = index - 1 - (dice >> 13U) % kReach;
    const StatusPair pair = pair_of(earlier);
    if (pair.status == 200 && pair.status2 == 200) return std::nullopt;
    return earlier;
}

CallPlan CallBook::plan(std::uint64_t index) const {
    CallPlan plan;
    plan.index = index;
    plan.id = kFirstId + static_cast<std::int64_t>(index / per_day_) * kIdsPerDay +
              static_cast<std::int64_t>(index % per_day_);
    plan.date = date_of(index);
    plan.dice = dice_of(index);
    std::uint64_t root = index;
    while (plan.attempt < kAttempts) {
        const auto earlier = retried(root);
        if (!earlier) break;
        root = *earlier;
        ++plan.attempt;
    }
    plan.visitor = mix(seed_, root, 0x71517);
    const StatusPair pair = pair_of(index);
    plan.status = pair.status;
    plan.status2 = pair.status2;
    Dice dice(plan.dice);
    const bool success = plan.status == 200 && plan.status2 == 200;
    if (success) {
        plan.talk = 1 + dice.below(dice.chance(0.1) ? 3600 : 300);
        plan.duration = plan.talk + 5 + dice.below(40);
    } else {
        plan.duration = dice.below(46);
    }
    const std::uint32_t way = dice.below(100);
    const std::int64_t wait = kWaits[dice.below(std::size(kWaits))];
    if (way < 4) {
        plan.life = CallPlan::Life::scheduled;
    } else if (way < 8) {
        plan.life = CallPlan::Life::waiting;
    } else if (way < 16 && success) {
        plan.life = CallPlan::Life::late_talk;
    }
    plan.begins = plan.date +
                  (plan.life == CallPlan::Life::scheduled ? std::min<std::int64_t>(wait, 6000) : 0);
    plan.over = plan.begins + std::max<std::int64_t>(plan.duration, 1);
    plan.settles = plan.over;
    if (plan.life == CallPlan::Life::waiting || plan.life == CallPlan::Life::late_talk)
        plan.settles += wait;
    plan.odd = odd_kinds_of_call(seed_, odd_, index);
    std::shared_lock lock(mutex_);
    if (const auto found = versions_.find(index); found != versions_.end())
        plan.version = found->second;
    return plan;
}

void CallBook::change(std::uint32_t count, std::uint64_t end) {
    if (end == 0) return;
    std::unique_lock lock(mutex_);
    for (std::uint32_t i = 0; i < count; ++i) ++versions_[mix(seed_, changes_++, 0xC4A) % end];
}

void CallBook::remove(std::uint32_t count, std::uint64_t end) {
    std::unique_lock lock(mutex_);
    for (std::uint32_t i = 0; i < count && removed_.size() < end;) {
        if (removed_.insert(mix(seed_, changes_++, 0x4E4) % end).second) ++i;
    }
}

bool CallBook::is_removed(std::uint64_t index) const {
    std::shared_lock lock(mutex_);
    return removed_.contains(index);
}

void CallBook::hide(std::uint32_t count, std::uint64_t end) {
    std::unique_lock lock(mutex_);
    for (std::uint32_t i = 0; i < count && hidden_.size() < end;) {
        if (hidden_.insert(mix(seed_, changes_++, 0x41D) % end).second) ++i;
    }
}

bool CallBook::is_listed(std::uint64_t index) const {
    std::shared_lock lock(mutex_);
    return !removed_.contains(index) && !hidden_.contains(index);
}

void CallBook::restore() {
    std::unique_lock lock(mutex_);
    removed_.clear();
    hidden_.clear();
}

}  // namespace ringtail::sim
