#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "source/callkeeper/api.hpp"
#include "source/callkeeper/arrivals.hpp"
#include "source/callkeeper/filters.hpp"
#include "source/callkeeper/intake.hpp"
#include "source/callkeeper/rows.hpp"
#include "source/callkeeper/window_walk.hpp"

namespace ringtail::callkeeper {

// A call as its rows would be.
struct ToldCall {
    std::int64_t id = 0, row = 0;
    bool calls = true, facts = true;  // which rows are wanted
    bool settled = false;
    std::array<std::int64_t, kMeasures.size()> measures{};  // of the facts
};

// The calls that the API has of a day of the source's zone, each once.
struct ToldDay {
    Day day{};
    bool is_over = false;
    std::vector<ToldCall> calls;
};

// Reads past days to compare them with what is stored, and makes rows of some of their calls again.
// Holds one day's answers. One thread uses it; calls block.
class DayReader {
  public:
    // Error(config) as make_source() has it.
    DayReader(Options options, Clock& clock, Logger& log);

    // `tables` as prepared; they and `stored` must outlive this. `loaded` tells how busy the
    // account is. At most `in_flight` requests at a time; with one, nothing is asked for ahead.
    void open(std::span<const Table> tables, const std::optional<Checkpoint>& loaded,
              Stored& stored, std::vector<Day> days, unsigned in_flight);
    // The next of the days; nothing after the last. Errors as those of Pending.
    std::optional<ToldDay> next(const std::stop_token& stop);

    struct WrittenAgain {
        std::vector<ToldCall> calls;       // of the day, as they are written
        std::vector<std::int64_t> absent;  // asked for one by one, and CallKeeper has none
    };
    // Rows of these calls of the last day that next() gave, whatever is stored of them; merged with
    // what is known of them already. A call that the day's answers do not tell of is written as it
    // is known, if by that it was on another day. Of the others, which listings may have left out,
    // the `doubted` ones are asked for by themselves, and all where that takes no more requests
    // than the days have taken; there is nothing of those that are not. Appends to `into`, one
    // batch a table. A call that is not wanted is erased.
    WrittenAgain write_again(std::span<const std::int64_t> ids,
                             std::span<const std::int64_t> doubted, Decoded& into,
                             const std::stop_token& stop);

    std::uint64_t requests() const { return api_.requests(); }

  private:
    struct Answer {
        std::string body;
        Instant at;
    };
    void note(const Answer& answer, ToldDay& day) const;
    // Asks for calls one by one. Those that are there go into the arrivals.
    std::vector<std::int64_t> ask(std::span<const std::int64_t> ids, Arrivals& into,
                                  const std::stop_token& stop);
    void write(std::span<const Incoming> incoming, Intake& intake, Decoded& into,
               std::vector<ToldCall>& calls) const;

    const Options options_;
    const Zone zone_;
    const RowFilters filters_;
    Clock& clock_;
    Api api_;
    Pace pace_{0};
    bool ahead_ = false;
    std::span<const Table> tables_;
    Stored* stored_ = nullptr;
    RowOptions rows_;
    std::optional<WindowWalk> walk_;
    std::vector<Answer> answers_;  // of day_
    std::size_t spare_ = 0;        // requests for what is not in doubt
    Day day_{};
};

}  // namespace ringtail::callkeeper
