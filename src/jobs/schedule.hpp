#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace ringtail::jobs {

// When a job runs: `manual`, `every 15m`, `every 2h`, `daily 03:30 Europe/Moscow`,
// `weekly mon,thu 03:30 Europe/Moscow`, `cron 5 4 * * 1-5 Europe/Moscow`. A value; cheap to copy.
class Schedule {
  public:
    // Error(config) names the place and what is allowed there.
    static Schedule parse(std::string_view text);

    // The first time after `after`; nothing for `manual`. `every` counts from `anchor`, so that
    // jobs made at different times do not all run in the same second. Local times: one that does
    // not exist (clocks go forward) means the first instant after the gap, one that exists twice
    // means the first of the two; several that mean the same instant run once.
    std::optional<Instant> next_after(Instant after, Instant anchor = {}) const;

    // In one form: single blanks, names in lower case.
    const std::string& text() const { return text_; }
    bool is_manual() const { return !every_ && !calendar_; }

    struct Calendar;  // the wall-clock kinds

  private:
    Schedule() = default;

    std::string text_ = "manual";
    std::optional<std::chrono::seconds> every_;
    std::shared_ptr<const Calendar> calendar_;
};

}  // namespace ringtail::jobs
