#include "source/callkeeper/window_walk.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::callkeeper {

WindowWalk::WindowWalk(const Zone& zone, Api& api, Clock& clock, Pace& pace, Settings settings,
                       std::vector<Day> days)
    : zone_(zone),
      api_(api),
      clock_(clock),
      pace_(pace),
      settings_(settings),
      days_(std::move(days)) {}

void WindowWalk::start_some() {
    while (day_ < days_.size() && asked_.size() < std::max(1U, settings_.in_flight)) {
        const Day day = days_[day_];
        const Window window = next_window(zone_, day, at_.value_or(zone_.start(day)),
                                          pace_.window_for(settings_.calls_per_window));
        const AskedPeriod period = asked_period(window, clock_.now());
        asked_.push_back({window, api_.calls(period.from, period.to)});
        if (window.ends_day) {
            ++day_;
            at_.reset();
        } else {
            at_ = window.to;
        }
    }
}

std::optional<WindowWalk::Answer> WindowWalk::next(const std::stop_token& stop) {
    start_some();
    if (asked_.empty()) return std::nullopt;
    auto answer = asked_.front().pending.wait(stop);
    if (!answer) throw Error(Fault::bug, "a period cannot be unknown");
    const Window window = asked_.front().window;
    asked_.pop_front();
    return Answer{window, std::move(*answer)};
}

}  // namespace ringtail::callkeeper
