#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <unordered_map>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "source/dialfire/census.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/steps.hpp"

namespace ringtail::dialfire {
namespace {

class RecheckStep final : public Step {
  public:
    explicit RecheckStep(Reading reading) : r_(reading) {}

    bool plan(std::stop_token /*stop*/) override {
        constexpr std::size_t kPerRound = 10'000;  // further ones are due in the next round
        std::vector<Wanted> wanted;
        for (Recheck& due : r_.stored.rechecks(r_.clock.now(), kPerRound)) {
            wanted.push_back({std::move(due.key), "", due.step});
        }
        if (wanted.empty()) return false;
        const Checkpoint here = write_position(r_.position);
        r_.requests.add_contacts(std::move(wanted), here, here, {});
        return false;
    }

  private:
    Reading r_;
};

class ListingStep final : public Step {
  public:
    ListingStep(Reading reading, std::string run) : r_(reading), run_(std::move(run)) {}

    bool plan(std::stop_token stop) override {
        if (!r_.position.listing) return false;
        Listing& listing = *r_.position.listing;
        begins_pass_ = false;
        if (!answer_.valid()) answer_ = r_.api.contact_list(listing.since, listing.cursor);
        const auto response = answer_.wait(std::move(stop));
        answer_ = {};
        if (!response) {
            restarts_.count("contact list");
            r_.log.warning(
                "the contact list's cursor is no longer accepted; listing again from its "
                "beginning");
            listing.cursor.clear();
            return true;
        }
        r_.api.learn_time(*response);
        const ListPage page = decode_list(response->body);
        // The next page is on its way while this one is compared and its contacts are fetched.
        if (!page.cursor.empty()) answer_ = r_.api.contact_list(listing.since, page.cursor);
        queue(page);
        restarts_.progress();
        return r_.position.listing.has_value();
    }

    // A further pass compares with what the one before it really brought.
    bool ready() const override { return !begins_pass_ || r_.requests.empty(); }

  private:
    void queue(const ListPage& page) {
        Tally counted;
        std::vector<Wanted> wanted = compare(page, counted);
        const Checkpoint here = write_position(r_.position);
        Listing& listing = *r_.position.listing;
        listing.different += wanted.size();
        listing.listed += counted.listed + wanted.size();
        const std::uint64_t expected = expected_ids(listing, page);
        if (page.cursor.empty())
            finish_pass();
        else
            listing.cursor = page.cursor;
        r_.requests.add_contacts(std::move(wanted), here, write_position(r_.position), counted,
                                 expected);
    }

    // Known from the answer or from the last listing of all contacts, or once this one is through.
    // A further pass adds to what those before it have listed, so nothing is said of it.
    std::uint64_t expected_ids(const Listing& listing, const ListPage& page) {
        if (!listing.first || listing.since) return 0;
        if (page.cursor.empty()) return listing.listed;
        std::uint64_t total = page.total > 0 ? page.total : r_.position.total;
        if (total == 0 && r_.options.count_ahead) total = count_ahead(listing, page);
        return total > listing.listed ? total : 0;
    }

    // 0 while it is being counted.
    std::uint64_t count_ahead(const Listing& listing, const ListPage& page) {
        if (!census_) {
            census_ = std::make_unique<Census>(r_.api, page.cursor);
            listed_before_census_ = listing.listed;
        }
        const std::uint64_t rest = census_->total();
        return rest == 0 ? 0 : listed_before_census_ + rest;
    }

    // The contacts of the page whose stored md5 is not the listed one.
    std::vector<Wanted> compare(const ListPage& page, Tally& counted) {
        std::vector<std::string> ids;
        std::unordered_map<std::string_view, std::string_view> md5_of;
        for (const ListEntry& entry : page.entries) {
            if (md5_of.insert_or_assign(entry.id, entry.md5).second) ids.push_back(entry.id);
        }
        std::vector<std::optional<std::string>> stored(ids.size());
        if (!r_.position.listing->refetch) stored = r_.stored.fingerprints(r_.contacts, ids);
        std::vector<Wanted> wanted;
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const std::string_view md5 = md5_of[ids[i]];
            const bool is_stored = stored[i] && !md5.empty() && *stored[i] == md5;
            if (is_stored || r_.requests.has(ids[i], md5)) continue;
            wanted.push_back({ids[i], std::string(md5)});
        }
        // An element without an id names nobody: counted, so that it shows, and the rest goes on.
        counted.rejected = counted.listed = page.unusable;
        counted.equal = page.entries.size() - wanted.size();
        counted.listed += counted.equal;
        if (page.unusable > 0) {
            r_.log.error(
                fmt::format("{} elements of the contact list have no usable id", page.unusable));
        }
        return wanted;
    }

    void finish_pass() {
        Position& p = r_.position;
        const Listing done = *p.listing;
        p.compared_at = done.started;
        if (done.first) {
            const std::string since = done.since.value_or("");
            p.listed_since = p.listed_since ? std::min(*p.listed_since, since) : since;
            p.first_run = run_;
            if (!done.since) p.total = done.listed;
            if (!p.events_to) p.events_to = done.started;
        }
        p.listing.reset();
        // A contact that changed while it was listed may have moved behind the cursor (G-9): list
        // again what has changed since then, until nothing is found or the passes are used up.
        if (done.passes_left == 0 || (!done.first && done.different == 0)) return;
        Listing next;
        next.since = format_day(done.started - std::chrono::days(1));
        next.started = r_.api.earlier_now();
        next.passes_left = done.passes_left - 1;
        p.listing = next;
        begins_pass_ = true;
    }

    Reading r_;
    std::string run_;
    Answer answer_;
    Restarts restarts_;
    bool begins_pass_ = false;
    std::unique_ptr<Census> census_;
    std::uint64_t listed_before_census_ = 0;
};

}  // namespace

std::unique_ptr<Step> make_recheck_step(Reading reading) {
    return std::make_unique<RecheckStep>(reading);
}

std::unique_ptr<Step> make_listing_step(Reading reading, std::string run) {
    return std::make_unique<ListingStep>(reading, std::move(run));
}

Instant day_before(const std::string& since) {
    const auto start = parse_time(since);
    if (!start) {
        throw Error(Fault::config, "\"" + since + "\" is no date")
            .with_hint("Write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS (UTC).");
    }
    return *start - std::chrono::days(1);
}

void Restarts::count(std::string_view what) {
    constexpr int kLimit = 5;
    if (++without_progress_ <= kLimit) return;
    throw Error(
        Fault::data,
        fmt::format("the {} refuses its own cursors: {} fresh starts in a row did not get past the "
                    "first page",
                    what, kLimit));
}

}  // namespace ringtail::dialfire
