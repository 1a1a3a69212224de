#include "source/callkeeper/feed.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "json/write.hpp"
#include "source/callkeeper/hook_body.hpp"

namespace ringtail::callkeeper {
namespace {

// Webhooks handed on together: some hundred.
constexpr std::size_t kHookBytes = 1U << 20U;

constexpr std::string_view kService = "CallKeeper";
constexpr std::string_view kFine = "успешно";

}  // namespace

Feed::Feed(const Options& options, const Work& work, const Zone& zone, Clock& clock, Logger& log)
    : options_(options), work_(work), zone_(zone), clock_(clock), log_(log) {}

void Feed::open(Api& api, Intake& intake, Stored& stored, const std::optional<Checkpoint>& from,
                bool account_is_new) {
    api_ = &api;
    intake_ = &intake;
    stored_ = &stored;
    position_ = from ? read_position(*from) : Position{};
    account_is_new_ = account_is_new;
    pace_ = Pace(position_.calls_per_hour);
    in_round_ = false;
    settle_.reset();
    live_.reset();
    history_.reset();
    hooks_.reset();
    current_.reset();
}

void Feed::begin_round() {
    in_round_ = true;
    intake_->all_loaded();
    today_ = zone_.day(clock_.now());
    if (work_.settle) settle_.emplace(*api_, clock_, pace_, *intake_, *stored_);
    const std::size_t calls = options_.calls_per_window;
    if (work_.live)
        live_.emplace(zone_, *api_, clock_, pace_, WindowWalk::Settings{calls, 1}, live_days());
    if (work_.history) {
        history_.emplace(zone_, *api_, clock_, pace_,
                         WindowWalk::Settings{calls, options_.history_in_flight}, history_days());
    }
}

std::optional<Day> Feed::floor_day() const {
    if (!options_.floor) return std::nullopt;
    return zone_.day(*options_.floor);
}

std::vector<Day> Feed::live_days() const {
    const std::chrono::days overlap(options_.overlap_days);
    const Day to = std::min(work_.live->to.value_or(today_), today_);
    const Day done = position_.live_done.value_or(today_ - std::chrono::days(1));
    std::vector<Day> days;
    const Day first =
        work_.live->from.value_or(std::min(done + std::chrono::days(1), to) - overlap);
    for (Day day = std::max(first, floor_day().value_or(first)); day <= to;
         day += std::chrono::days(1))
        days.push_back(day);
    return days;
}

std::vector<Day> Feed::history_days() {
    const History& wanted = *work_.history;
    auto& at = position_.history[wanted.job];
    const bool is_other = at.number == 0 || at.from != wanted.from || at.to != wanted.to;
    if (is_other) {
        std::int64_t number = 0;
        for (const auto& [job, other] : position_.history) number = std::max(number, other.number);
        at = {wanted.from, wanted.to, std::min(wanted.to, today_), number + 1, 0};
    }
    Day from = wanted.from;
    if (wanted.max_depth) {
        const Day deepest = today_ - std::chrono::days(*wanted.max_depth);
        if (deepest > from) {
            log_.info(fmt::format("history {}: only from {} on, as its depth is limited to {} days",
                                  wanted.job, day_text(deepest), *wanted.max_depth));
            from = deepest;
        }
    }
    if (const auto floor = floor_day(); floor && *floor > from) {
        log_.info(
            fmt::format("history {}: only from {} on, as older calls were deleted for their "
                        "age",
                        wanted.job, day_text(*floor)));
        from = *floor;
    }
    std::vector<Day> days;
    for (Day day = at.next; day >= from; day -= std::chrono::days(1)) {
        if (wanted.days_per_opening > 0 && days.size() == wanted.days_per_opening) break;
        days.push_back(day);
    }
    if (work_.progress != nullptr) {
        const auto count = [](Day a, Day b) {
            return static_cast<std::uint64_t>(std::max<std::int64_t>(0, (b - a).count() + 1));
        };
        work_.progress->days_wanted = count(from, std::min(wanted.to, today_));
        work_.progress->days_read = count(at.next + std::chrono::days(1), wanted.to);
    }
    // Nothing to read below the limit: it is done.
    if (days.empty() && at.next >= at.from) {
        at.next = at.from - std::chrono::days(1);
        to_store_ = true;
    }
    return days;
}

std::optional<Page> Feed::next(const std::stop_token& stop) {
    if (!in_round_) begin_round();
    tell_progress();
    // Webhooks pass before everything else, between any two pages.
    if (!hooks_) hooks_ = read_hooks();
    if (hooks_) {
        Page page = page_of(*hooks_);
        if (hooks_->empty()) hooks_.reset();
        return page;
    }
    if (!current_ && settle_) current_ = settle_->read(stop);
    if (!current_) current_ = read_live(stop);
    if (!current_) current_ = read_history(stop);
    if (current_) {
        Page page = page_of(*current_);
        if (current_->empty()) current_.reset();
        return page;
    }
    if (auto page = account_page()) return page;
    if (std::exchange(to_store_, false))
        return Page{std::string(kNoRowsPage), "", "", write_position(position_), {}};
    in_round_ = false;
    return std::nullopt;
}

std::unique_ptr<Arrivals> Feed::read_hooks() {
    if (work_.inbox == nullptr) return nullptr;
    WaitingHooks waiting = work_.inbox->take(position_.inbox, kHookBytes);
    if (waiting.hooks.empty()) return nullptr;
    auto arrivals = std::make_unique<Arrivals>();
    for (const WaitingHook& hook : waiting.hooks) {
        try {
            for (std::string& call : parse_hook(hook.content_type, hook.query, hook.body))
                arrivals->add_hook(std::move(call), hook.received);
        } catch (const Error& error) {
            // It was answered with 200, so it is not lost without a trace.
            arrivals->add_hook(json_string(hook.body.empty() ? hook.query : hook.body),
                               hook.received);
            log_.warning(fmt::format("webhook {} of the inbox: {}", hook.number, error.what()));
        }
    }
    arrivals->done = [after = waiting.after](Position& position) { position.inbox = after; };
    return arrivals;
}

std::unique_ptr<Arrivals> Feed::read_window(WindowWalk& walk, Window& window,
                                            const std::stop_token& stop) {
    auto answer = walk.next(stop);
    if (!answer) return nullptr;
    window = answer->window;
    auto arrivals = std::make_unique<Arrivals>();
    const std::size_t calls =
        arrivals->add_answer(std::move(answer->answer.body), answer->answer.at);
    pace_.note(window, calls);
    walk.start_some();
    return arrivals;
}

std::unique_ptr<Arrivals> Feed::read_live(const std::stop_token& stop) {
    if (!live_) return nullptr;
    Window window;
    auto arrivals = read_window(*live_, window, stop);
    if (!arrivals) {
        live_.reset();
        return nullptr;
    }
    arrivals->done = [this, window](Position& position) {
        if (!window.ends_day) return;
        position.read(window.day);
        const bool goes_on =
            !position.live_done || window.day <= *position.live_done + std::chrono::days(1);
        if (goes_on && window.day < today_)
            position.live_done = std::max(position.live_done.value_or(window.day), window.day);
    };
    return arrivals;
}

std::unique_ptr<Arrivals> Feed::read_history(const std::stop_token& stop) {
    if (!history_) return nullptr;
    Window window;
    auto arrivals = read_window(*history_, window, stop);
    if (!arrivals) {
        history_.reset();
        return nullptr;
    }
    arrivals->done = [this, window, calls = arrivals->all().size()](Position& position) {
        HistoryPosition& at = position.history[work_.history->job];
        at.calls += calls;
        if (!window.ends_day) return;
        at.next = window.day - std::chrono::days(1);
        position.read(window.day);
        if (work_.progress != nullptr) ++work_.progress->days_read;
    };
    return arrivals;
}

Page Feed::page_of(Arrivals& arrivals) {
    auto taken = intake_->take(arrivals.take(options_.calls_per_page), clock_.now());
    if (arrivals.empty() && arrivals.done) arrivals.done(position_);
    position_.calls_per_hour = pace_.calls_per_hour();
    if (work_.progress != nullptr && taken.next_ask) {
        const std::int64_t due = taken.next_ask->time_since_epoch().count();
        auto& first = work_.progress->next_ask;
        if (first == 0 || due < first) first = due;
    }
    Page page;
    // Stub rows may come without a call: the first window may be empty.
    page.kind = taken.body == "[]" ? kNoRowsPage : kCallsPage;
    page.body = std::move(taken.body);
    page.tally = taken.tally;
    page.after = write_position(position_);
    return page;
}

std::optional<Page> Feed::account_page() {
    const auto day = [](const std::optional<Day>& value) {
        return value ? '"' + day_text(*value) + '"' : std::string("null");
    };
    const Md5 digest = digest_of(
        fmt::format("{}\x1f{}\x1f{}", name_of(TableId::accounts), options_.account_id, kService));
    std::string body = fmt::format(
        R"({{"id":{},"caption":{},"service":"{}","status":"{}","interval_start":{},"interval_end":{}}})",
        surrogate(digest), options_.caption.empty() ? "null" : json_string(options_.caption),
        kService, kFine, day(position_.first), day(position_.last));
    const std::string known = fmt::format("{:016x}", hash_of(body));
    if (position_.account == known && !account_is_new_) return std::nullopt;
    account_is_new_ = false;
    position_.account = known;
    Page page;
    page.kind = kAccountPage;
    page.body = std::move(body);
    page.after = write_position(position_);
    return page;
}

void Feed::tell_progress() {
    if (work_.progress != nullptr) work_.progress->requests = api_->requests();
}

}  // namespace ringtail::callkeeper
