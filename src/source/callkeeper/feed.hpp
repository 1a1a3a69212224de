#pragma once
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/zone.hpp"
#include "source/callkeeper/api.hpp"
#include "source/callkeeper/arrivals.hpp"
#include "source/callkeeper/intake.hpp"
#include "source/callkeeper/options.hpp"
#include "source/callkeeper/position.hpp"
#include "source/callkeeper/settle_step.hpp"
#include "source/callkeeper/window_walk.hpp"

namespace ringtail::callkeeper {

// What to read next: webhooks that wait, calls that are due to be asked again, the days of the base
// load, those of a history load. A round ends when there is nothing more of it.
class Feed {
  public:
    // What is passed must outlive this.
    Feed(const Options& options, const Work& work, const Zone& zone, Clock& clock, Logger& log);

    // Starts after `from`. `account_is_new`: general_accounts was empty.
    void open(Api& api, Intake& intake, Stored& stored, const std::optional<Checkpoint>& from,
              bool account_is_new);
    std::optional<Page> next(const std::stop_token& stop);

  private:
    void begin_round();
    std::optional<Day> floor_day() const;
    std::vector<Day> live_days() const;
    std::vector<Day> history_days();
    std::unique_ptr<Arrivals> read_hooks();
    std::unique_ptr<Arrivals> read_live(const std::stop_token& stop);
    std::unique_ptr<Arrivals> read_history(const std::stop_token& stop);
    std::unique_ptr<Arrivals> read_window(WindowWalk& walk, Window& window,
                                          const std::stop_token& stop);
    Page page_of(Arrivals& arrivals);
    std::optional<Page> account_page();
    void tell_progress();

    const Options& options_;
    const Work& work_;
    const Zone& zone_;
    Clock& clock_;
    Logger& log_;
    Api* api_ = nullptr;
    Intake* intake_ = nullptr;
    Stored* stored_ = nullptr;
    Position position_;  // stored once everything handed on so far is
    bool account_is_new_ = false;

    bool in_round_ = false;
    bool to_store_ = false;  // the position changed, and no page has told so
    Day today_{};
    Pace pace_{0};
    std::optional<SettleStep> settle_;
    std::optional<WindowWalk> live_, history_;
    std::unique_ptr<Arrivals> hooks_, current_;
};

}  // namespace ringtail::callkeeper
