#include <fmt/core.h>

#include <algorithm>
#include <unordered_set>

#include "base/error.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/steps.hpp"

namespace ringtail::dialfire {
namespace {

// A long stop is caught up in windows of this length, so that what must be remembered of one window
// stays small.
constexpr auto kLongestWindow = std::chrono::hours(1);

class EventStep final : public Step {
  public:
    explicit EventStep(Reading reading) : r_(reading), until_(reading.api.earlier_now()) {}

    bool plan(std::stop_token stop) override {
        if (!r_.position.events) begin_window();
        Window& window = *r_.position.events;
        if (!answer_.valid()) answer_ = r_.api.events(window.from, window.to, window.cursor);
        const auto response = answer_.wait(std::move(stop));
        answer_ = {};
        if (!response) {
            restarts_.count("list of transaction events");
            r_.log.warning(
                "the event list's cursor is no longer accepted; reading its window again");
            window.cursor.clear();
            return true;
        }
        r_.api.learn_time(*response);
        EventPage page = decode_events(response->body);
        if (!page.cursor.empty()) answer_ = r_.api.events(window.from, window.to, page.cursor);
        const bool more = queue(page);
        restarts_.progress();
        return more;
    }

  private:
    void begin_window() {
        Window window;
        const Instant start = r_.position.events_to.value_or(until_);
        window.from = start - r_.options.overlap;
        window.done = std::max(start, std::min(until_, start + kLongestWindow));
        window.to = window.done < until_ ? window.done : r_.api.later_now();
        r_.position.events = window;
        seen_.clear();
    }

    bool queue(const EventPage& page) {
        if (!page.unusable.empty()) {
            r_.log.warning(fmt::format(
                "{} transaction events could not be read; the comparison of changed contacts finds "
                "what they meant",
                page.unusable.size()));
        }
        std::vector<Wanted> wanted;
        std::unordered_set<std::string_view> ids;
        for (const Event& event : page.events) {
            const std::uint64_t mark = hash_mark(event.mark);
            const auto known = r_.position.handled.find(mark);
            const bool fresh = seen_.insert(mark).second && known == r_.position.handled.end();
            if (fresh && ids.insert(event.contact).second) wanted.push_back({event.contact, ""});
        }
        const Checkpoint here = write_position(r_.position);
        bool more = true;
        if (page.cursor.empty())
            more = finish_window();
        else
            r_.position.events->cursor = page.cursor;
        r_.requests.add_contacts(std::move(wanted), here, write_position(r_.position), {});
        return more;
    }

    // True when there is time left to read.
    bool finish_window() {
        Position& p = r_.position;
        const Window done = *p.events;
        p.events.reset();
        p.events_to = std::max(p.events_to.value_or(done.done), done.done);
        for (const std::uint64_t mark : seen_) p.handled.insert_or_assign(mark, done.to);
        // The next window begins the overlap before its start; what was named by windows that end
        // before that cannot come again.
        const Instant next_from = *p.events_to - r_.options.overlap;
        std::erase_if(p.handled, [&](const auto& entry) { return entry.second < next_from; });
        return *p.events_to < until_;
    }

    Reading r_;
    const Instant until_;                     // where this step ends
    std::unordered_set<std::uint64_t> seen_;  // marks named by the window under way
    Answer answer_;
    Restarts restarts_;
};

class InboundStep final : public Step {
  public:
    explicit InboundStep(Reading reading) : r_(reading) {}

    bool plan(std::stop_token stop) override {
        if (!r_.position.inbound) return false;
        Window& window = *r_.position.inbound;
        if (!answer_.valid()) answer_ = r_.api.inbound_calls(window.from, window.to, window.cursor);
        auto response = answer_.wait(std::move(stop));
        answer_ = {};
        if (!response) {
            restarts_.count("list of inbound calls");
            r_.log.warning(
                "the inbound call list's cursor is no longer accepted; reading its window again");
            window.cursor.clear();
            return true;
        }
        r_.api.learn_time(*response);
        restarts_.progress();
        const std::string cursor = decode_cursor(response->body);
        if (!cursor.empty()) {
            answer_ = r_.api.inbound_calls(window.from, window.to, cursor);
            window.cursor = cursor;
        } else {
            r_.position.inbound_to =
                std::max(r_.position.inbound_to.value_or(window.done), window.done);
            r_.position.inbound.reset();
        }
        r_.requests.add_page({std::string(kInboundPage),
                              std::move(response->body),
                              "",
                              write_position(r_.position),
                              {}});
        return !cursor.empty();
    }

  private:
    Reading r_;
    Answer answer_;
    Restarts restarts_;
};

}  // namespace

std::unique_ptr<Step> make_event_step(Reading reading) {
    return std::make_unique<EventStep>(reading);
}
std::unique_ptr<Step> make_inbound_step(Reading reading) {
    return std::make_unique<InboundStep>(reading);
}

}  // namespace ringtail::dialfire
