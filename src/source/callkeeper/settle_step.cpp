#include "source/callkeeper/settle_step.hpp"

#include <algorithm>
#include <charconv>
#include <deque>

namespace ringtail::callkeeper {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAtOnce = 500;
constexpr auto kLookEvery = 20s;
// One request for a period is better than one for each call, where it brings few others: so many
// cost about what a request does.
constexpr double kOthersPerRequest = 20;
constexpr auto kLongest = 24h;
// Of an account that nobody knows yet how busy it is.
constexpr auto kLongestBlind = 1h;
constexpr std::size_t kFewestBlind = 4;

}  // namespace

std::vector<SettleStep::Due> SettleStep::due(Instant now) {
    std::vector<std::int64_t> ids;
    for (const Recheck& recheck : stored_.rechecks(now, kAtOnce + asked_.size())) {
        std::int64_t id = 0;
        const char* const end = recheck.key.data() + recheck.key.size();
        if (std::from_chars(recheck.key.data(), end, id).ptr != end || id <= 0) continue;
        if (asked_.insert(id).second) ids.push_back(id);
    }
    std::vector<Due> all;
    if (ids.empty()) return all;
    const auto dates = intake_.dates_of(ids);
    for (std::size_t i = 0; i < ids.size(); ++i) all.push_back({ids[i], dates[i]});
    std::ranges::sort(all, [](const Due& a, const Due& b) {
        return std::pair(a.date, a.id) < std::pair(b.date, b.id);
    });
    return all;
}

std::size_t SettleStep::period(const std::vector<Due>& due, std::size_t first) const {
    if (!due[first].date) return 0;
    const bool is_blind = pace_.calls_per_hour() <= 0;
    const auto longest = is_blind ? kLongestBlind : kLongest;
    std::size_t count = 0;
    while (first + count < due.size() && *due[first + count].date - *due[first].date <= longest)
        ++count;
    if (count < (is_blind ? kFewestBlind : 2)) return 0;
    const auto length = *due[first + count - 1].date - *due[first].date;
    const double hours = std::chrono::duration<double, std::ratio<3600>>(length).count();
    const double saved = static_cast<double>(count) - 1;
    return pace_.calls_per_hour() * hours <= kOthersPerRequest * saved ? count : 0;
}

void SettleStep::ask_one_by_one(const std::vector<std::int64_t>& ids, Arrivals& into,
                                const std::stop_token& stop) {
    std::deque<Pending> pending;
    for (const std::int64_t id : ids) pending.push_back(api_.call(id));
    for (std::size_t i = 0; i < ids.size(); ++i) {
        auto answer = pending[i].wait(stop);
        const Instant at = answer ? answer->at : clock_.now();
        if (!answer || into.add_answer(std::move(answer->body), at) == 0)
            into.add_unknown(ids[i], at);
    }
}

std::unique_ptr<Arrivals> SettleStep::read(const std::stop_token& stop) {
    const Instant now = clock_.now();
    if (look_again_ && now < *look_again_) return nullptr;
    const std::vector<Due> all = due(now);
    if (all.empty()) {
        look_again_ = now + kLookEvery;
        return nullptr;
    }
    auto arrivals = std::make_unique<Arrivals>();
    std::vector<std::int64_t> single;
    for (std::size_t i = 0; i < all.size();) {
        const std::size_t count = period(all, i);
        if (count == 0) {
            single.push_back(all[i++].id);
            continue;
        }
        const Instant from = *all[i].date - 1s, to = *all[i + count - 1].date + 1s;
        const auto answer = api_.calls(from, to).wait(stop);
        const std::size_t before = arrivals->all().size();
        if (answer) arrivals->add_answer(answer->body, answer->at);
        std::unordered_set<std::int64_t> found;
        for (std::size_t n = before; n < arrivals->all().size(); ++n)
            found.insert(whole_number(arrivals->all()[n].object.find("id")).value_or(0));
        for (const std::size_t end = i + count; i < end; ++i)
            if (!found.contains(all[i].id)) single.push_back(all[i].id);
    }
    ask_one_by_one(single, *arrivals, stop);
    return arrivals;
}

}  // namespace ringtail::callkeeper
