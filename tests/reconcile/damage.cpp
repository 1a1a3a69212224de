#include "reconcile/damage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <random>
#include <stdexcept>

namespace ringtail::test {
namespace {

constexpr std::array kMeasures{"duration", "talk_duration", "attempt", "asr_attempts",
                               "playback_tick"};

}  // namespace

Damage::Damage(CallDatabase& database, std::uint64_t seed) : database_(database) {
    for (const Texts& row :
         database_.rows("SELECT id, call_id FROM " + database_.table("callkeeper_calls") +
                        " WHERE call_date IS NOT NULL ORDER BY id"))
        left_.push_back({row.at(0), row.at(1)});
    std::mt19937_64 dice(seed);
    std::ranges::shuffle(left_, dice);
}

std::vector<Damage::Call> Damage::choose(std::size_t calls) {
    if (calls > left_.size()) throw std::runtime_error("there are not so many calls");
    const auto from = left_.end() - static_cast<std::ptrdiff_t>(calls);
    std::vector<Call> chosen(from, left_.end());
    left_.erase(from, left_.end());
    return chosen;
}

void Damage::run_on(const std::vector<Call>& calls, const std::string& table,
                    const std::string& column, const std::string& change) {
    std::string ids;
    for (const Call& call : calls) ids += (ids.empty() ? "" : ",") + call.id;
    if (!calls.empty()) database_.damage(table, change, column + " IN (" + ids + ")");
}

void Damage::remove(std::size_t calls) {
    const auto chosen = choose(calls);
    run_on(chosen, "callkeeper_calls_facts", "calls_id", "");
    run_on(chosen, "callkeeper_calls", "id", "");
}

void Damage::change(std::size_t calls) {
    std::array<std::vector<Call>, kMeasures.size()> turns;
    std::size_t turn = 0;
    for (const Call& call : choose(calls)) turns.at(turn++ % turns.size()).push_back(call);
    for (std::size_t i = 0; i < turns.size(); ++i)
        run_on(turns.at(i), "callkeeper_calls_facts", "calls_id",
               fmt::format("{0} = {0} + 7", kMeasures.at(i)));
}

void Damage::add(std::size_t calls) {
    std::string ids;
    for (const Call& like : choose(calls)) ids += (ids.empty() ? "" : ",") + like.id;
    database_.copy(
        "callkeeper_calls", "id IN (" + ids + ")",
        {{"id", "id - 1"}, {"call_id", "call_id + 900000000"}, {"_settle_state", "'settled'"}});
    database_.copy("callkeeper_calls_facts", "calls_id IN (" + ids + ")",
                   {{"id", "id - 1"}, {"calls_id", "calls_id - 1"}});
}

}  // namespace ringtail::test
