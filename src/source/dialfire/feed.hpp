#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "source/dialfire/steps.hpp"

namespace ringtail::dialfire {

// What to read next, and in which order. One round is: the open calls that are due; the first
// listing, the one that was cut off, or the comparison of what has changed; inbound calls;
// transaction events. Where something was cut off, the first round is two.
class Feed {
  public:
    Feed(const Options& options, Api& api, Clock& clock, Logger& log);

    enum class Rows : bool { kept, lost };
    // Where rows are lost (a table had to be made anew), whatever was listed before is listed and
    // fetched again.
    void open(const Table& contacts, const std::optional<Checkpoint>& from, Stored& stored,
              Rows rows);
    // The next page; nothing at the end of a round.
    std::optional<Page> next(std::stop_token stop);

  private:
    void begin_round();
    void begin_listing(Instant now);
    void begin_inbound(Instant now, bool from_start, bool rescan);
    std::optional<Instant> start_of_time() const;
    bool first_wanted() const;
    bool lost_rows_are_listed() const;

    const Options& options_;
    Api& api_;
    Clock& clock_;
    Logger& log_;
    const Instant started_;
    const std::string run_;  // names this run in the position
    const Table* contacts_ = nullptr;
    Stored* stored_ = nullptr;
    Position position_;
    std::optional<std::string>
        again_since_;  // what must be fetched again: the filter lets more through, or rows are lost
    std::optional<Instant> lost_at_;  // when rows were found to be lost
    std::unique_ptr<Requests> requests_;
    std::deque<std::unique_ptr<Step>> steps_;  // of this round, the front one is being planned
    bool in_round_ = false;
    bool was_cut_off_ = false;  // the position that was opened stood in the middle of something
};

}  // namespace ringtail::dialfire
