#include "source/dialfire/feed.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail::dialfire {
namespace {

// Further listings of what changed meanwhile: after a first listing, after the comparison at a
// start, and in mid-following, where the next comparison is near.
constexpr int kPassesAfterFirst = 3;
constexpr int kPassesAtStart = 2;

// Inbound calls are selected by when they came in, and end later: with each comparison the last
// day's are read again.
constexpr auto kInboundRescan = std::chrono::hours(24);

// Whether rows stored under `before` may lack some that `now` lets through.
bool lacks_rows(const Filter& before, const Filter& now) {
    return before != now && before != Filter{};
}

}  // namespace

Feed::Feed(const Options& options, Api& api, Clock& clock, Logger& log)
    : options_(options),
      api_(api),
      clock_(clock),
      log_(log),
      started_(clock.now()),
      run_(format_time(started_)) {}

void Feed::open(const Table& contacts, const std::optional<Checkpoint>& from, Stored& stored,
                Rows rows) {
    contacts_ = &contacts;
    stored_ = &stored;
    steps_.clear();
    in_round_ = false;
    requests_ = std::make_unique<Requests>(api_, options_, clock_);
    position_ = from ? read_position(*from) : Position{};
    const bool more_wanted = lacks_rows(position_.filter, options_.filter) ||
                             (options_.extra_everywhere && !position_.extra_everywhere);
    if (rows == Rows::lost) lost_at_ = api_.earlier_now();
    if (from && (more_wanted || !lost_rows_are_listed())) {
        if (more_wanted) {
            log_.info(
                "the filter or --extra is not the one the stored rows were loaded with; every "
                "contact is fetched again");
        }
        if (position_.listed_since) again_since_ = position_.listed_since;
        position_.listed_since.reset();
        position_.listing.reset();
    }
    position_.filter = options_.filter;
    position_.extra_everywhere = options_.extra_everywhere;
    was_cut_off_ = position_.listing || position_.inbound;
}

bool Feed::first_wanted() const {
    return !position_.listed_since || (options_.first.again && position_.first_run != run_);
}

// Whether the stored position is one from after they were lost.
bool Feed::lost_rows_are_listed() const {
    if (!lost_at_) return true;
    const auto& listing = position_.listing;
    return (listing && listing->started >= *lost_at_) ||
           (position_.compared_at && *position_.compared_at >= *lost_at_);
}

std::optional<Instant> Feed::start_of_time() const {
    const auto since = options_.first.since;
    if (!since) return std::nullopt;
    if (!lost_at_ || !again_since_) return day_before(*since);
    if (again_since_->empty()) return std::nullopt;
    return day_before(std::min(*since, *again_since_));
}

void Feed::begin_round() {
    const Instant now = api_.earlier_now();
    const bool first = first_wanted();
    const bool due = !position_.compared_at || *position_.compared_at < started_ ||
                     now >= *position_.compared_at + options_.compare_every;
    if (first || (due && !position_.listing)) begin_listing(now);
    const bool has_inbound = !options_.deliver_since;
    if (has_inbound && (options_.follow || first)) begin_inbound(now, first, due);

    const Reading reading{options_, api_,       clock_,    log_,
                          *stored_, *contacts_, position_, *requests_};
    steps_.push_back(make_recheck_step(reading));
    steps_.push_back(make_listing_step(reading, run_));
    steps_.push_back(make_inbound_step(reading));
    if (options_.follow) steps_.push_back(make_event_step(reading));
    in_round_ = true;
}

void Feed::begin_listing(Instant now) {
    Listing listing;
    listing.started = now;
    if (first_wanted()) {
        const auto start = start_of_time();
        std::string since = start ? format_day(*start) : "";
        if (again_since_) since = std::min(since, *again_since_);
        // One that was cut off goes on where it stood, if it covers what is wanted.
        const auto& cut_off = position_.listing;
        if (cut_off && cut_off->first && cut_off->since.value_or("") <= since) return;
        if (!since.empty()) listing.since = since;
        listing.first = true;
        listing.refetch = !position_.listed_since || since < *position_.listed_since;
        listing.passes_left = kPassesAfterFirst;
    } else {
        listing.since = format_day(position_.compared_at.value_or(now) - std::chrono::days(1));
        const bool at_start = !position_.compared_at || *position_.compared_at < started_;
        listing.passes_left = at_start ? kPassesAtStart : 0;
    }
    position_.listing = listing;
}

void Feed::begin_inbound(Instant now, bool from_start, bool rescan) {
    if (position_.inbound && !from_start) return;  // one that was cut off goes on
    Window window;
    window.done = now;
    window.to = api_.later_now();
    if (from_start || !position_.inbound_to) {
        window.from = start_of_time();
    } else {
        window.from = *position_.inbound_to - options_.overlap;
        if (rescan) window.from = std::min(*window.from, *position_.inbound_to - kInboundRescan);
    }
    position_.inbound = window;
}

std::optional<Page> Feed::next(std::stop_token stop) {
    if (!in_round_) begin_round();
    if (requests_->empty()) {
        if (auto doubtful = requests_->take_doubtful(); !doubtful.empty()) {
            const Checkpoint here = write_position(position_);
            requests_->add_contacts(std::move(doubtful), here, here, {});
        }
    }
    // A step that is not ready waits for the queue to be used up, doubtful answers included.
    while (!steps_.empty() && requests_->hungry() && steps_.front()->ready()) {
        if (!steps_.front()->plan(stop)) steps_.pop_front();
        requests_->start_some();
    }
    if (!requests_->empty()) return requests_->next(std::move(stop));
    in_round_ = false;
    // A listing or an inbound window that goes on ends where it was to end when it began: what
    // came since then is read by a second round.
    return std::exchange(was_cut_off_, false) ? next(std::move(stop)) : std::nullopt;
}

}  // namespace ringtail::dialfire
