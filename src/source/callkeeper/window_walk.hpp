#pragma once
#include <cstddef>
#include <deque>
#include <optional>
#include <stop_token>
#include <vector>

#include "source/callkeeper/api.hpp"
#include "source/callkeeper/windows.hpp"

namespace ringtail::callkeeper {

// Reads days one after the other, each in windows that are as long as the pace allows; some windows
// are asked for ahead, and handed on in order.
class WindowWalk {
  public:
    struct Settings {
        std::size_t calls_per_window;
        unsigned in_flight;
    };
    // What is passed must outlive this.
    WindowWalk(const Zone& zone, Api& api, Clock& clock, Pace& pace, Settings settings,
               std::vector<Day> days);

    struct Answer {
        Window window;
        ApiAnswer answer;
    };
    // The next window's; waits for it. Nothing after the last.
    std::optional<Answer> next(const std::stop_token& stop);
    // Asks for what is to come: call it once Pace knows what the last answer held.
    void start_some();

  private:
    struct Asked {
        Window window;
        Pending pending;
    };
    const Zone& zone_;
    Api& api_;
    Clock& clock_;
    Pace& pace_;
    const Settings settings_;
    std::vector<Day> days_;
    std::size_t day_ = 0;        // to be asked for next …
    std::optional<Instant> at_;  // … from there; nothing: from its beginning
    std::deque<Asked> asked_;
};

}  // namespace ringtail::callkeeper
