#include "delivery/dispatcher.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/failpoint.hpp"

namespace ringtail::delivery {
namespace {

using namespace std::chrono_literals;
using control::DeliveryStatus;

constexpr auto kLook = 1s;  // another process may have made a dead letter waiting again
constexpr auto kKeepSmallEvery = 10min;
constexpr std::size_t kLogged = 400;  // of an answer

}  // namespace

Dispatcher::Dispatcher(control::Outbox& outbox, Sender& sender, DispatchOptions options,
                       Clock& clock, Logger& log)
    : outbox_(outbox),
      sender_(sender),
      options_(std::move(options)),
      clock_(clock),
      log_(log),
      bucket_(options_.rate, std::max(1.0, options_.burst)),
      small_at_(clock.now()) {}

Instant Dispatcher::step() {
    const Instant now = clock_.now();
    take_answers(now);
    if (!closed_ && !gone_) begin_some(now);  // under way while the answers go to the disk
    settle(now);
    if (gone_) {
        throw Error(Fault::config, "the receiver answered 410 Gone: it wants no more deliveries")
            .with_hint(
                "What is owed stays in the outbox. Correct the address, or end this stream.");
    }
    if (closed_) return now + kLook;
    keep_small(now);
    return wake_at(now);
}

void Dispatcher::take_answers(Instant now) {
    for (const Answered& answered : sender_.answers()) {
        if (under_way_.contains(answered.number)) answered_.push_back(judge_one(answered, now));
    }
}

control::Settlement Dispatcher::judge_one(const Answered& answered, Instant now) {
    auto node = under_way_.extract(answered.number);
    const UnderWay under_way = std::move(node.mapped());
    const control::Attempt& attempt = answered.attempt;
    const Verdict verdict = judge(options_.retry, attempt.status, answered.retry_after,
                                  under_way.attempts, under_way.is_probe, chance());
    control::Settlement settlement{answered.number,         under_way.contact,   attempt,
                                   DeliveryStatus::waiting, now + verdict.pause, verdict.counts};
    const auto why = [&] {
        return fmt::format("delivery {} attempt status={} ms={} answer=\"{}\"", answered.number,
                           attempt.status, attempt.took.count(), attempt.answer.substr(0, kLogged));
    };
    using What = Verdict::What;
    if (verdict.what == What::done) {
        if (breaker_.is_open()) log_.info("the receiver takes deliveries again");
        breaker_.succeeded();
        holds_ = 0;
        ++stats_.delivered;
        settlement.status = DeliveryStatus::done;
        log_.debug(why());
        return settlement;
    }
    ++stats_.failed_attempts;
    if (verdict.what == What::hold || verdict.what == What::gone) {
        if (attempt.at >= hold_until_) ++holds_;  // not one of several that were under way
        hold_until_ = std::max(hold_until_, now + verdict.pause);
        if (under_way.is_probe) breaker_.put_off(hold_until_);
        gone_ = gone_ || verdict.what == What::gone;
        log_.info(why());
        return settlement;
    }
    if (breaker_.failed(under_way.is_probe, now, chance())) {
        log_.error(fmt::format(
            "{} attempts in a row have failed: from now on one delivery at a time is tried, until "
            "one succeeds; all are kept. The last: {}",
            Breaker::kFailures, why()));
    }
    if (verdict.what == What::dead) {
        settlement.status = DeliveryStatus::dead;
        ++stats_.dead;
        log_.error("given up, kept as a dead letter (`ringtail deliveries`): " + why());
    } else {
        log_.info(why());
    }
    return settlement;
}

void Dispatcher::settle(Instant now) {
    if (answered_.empty()) return;
    failpoint("answered");
    outbox_.settle(answered_, now);
    failpoint("marked");
    for (const control::Settlement& one : answered_) taken_.erase(one.number);
    answered_.clear();
}

void Dispatcher::begin_some(Instant now) {
    if (now < hold_until_) return;
    while (has_room() && breaker_.may_try(now)) {
        if (ready_.empty() && !fetch(now)) return;
        if (!bucket_.take(now)) return;
        const control::Delivery delivery = std::move(ready_.front());
        ready_.pop_front();
        const bool is_probe = breaker_.is_open();
        if (is_probe) breaker_.begin_probe();
        failpoint("taken");
        under_way_[delivery.number] = {delivery.contact, delivery.attempts, is_probe};
        sender_.send(delivery, now);
        failpoint("sent");
    }
}

// What has been answered and is not settled counts too: when nothing can be stored, nothing more is
// sent.
bool Dispatcher::has_room() const {
    return under_way_.size() < options_.in_flight &&
           under_way_.size() + answered_.size() < 2 * std::size_t{options_.in_flight};
}

bool Dispatcher::fetch(Instant now) {
    const std::size_t limit = breaker_.is_open() ? 1 : 2 * std::size_t{options_.in_flight};
    for (control::Delivery& one : outbox_.due(now, limit, taken_)) {
        taken_.insert(one.number);
        ready_.push_back(std::move(one));
    }
    return !ready_.empty();
}

Instant Dispatcher::wake_at(Instant now) {
    const Instant latest = now + kLook;
    if (!has_room() || breaker_.is_probing()) return latest;
    Instant next = hold_until_;
    if (breaker_.is_open()) next = std::max(next, breaker_.next_probe());
    if (next >= latest) return latest;
    next = std::max(next,
                    ready_.empty() ? outbox_.next_due(taken_).value_or(latest) : bucket_.next(now));
    return std::clamp(next, now, latest);
}

void Dispatcher::keep_small(Instant now) {
    if (now < small_at_) return;
    const bool more = outbox_.shrink(now - options_.keep);
    small_at_ = more ? now + 1s : now + kKeepSmallEvery;
}

}  // namespace ringtail::delivery
