#include "pipeline/run_stream.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>

#include "base/backoff.hpp"
#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "pipeline/fetcher.hpp"
#include "pipeline/stored.hpp"

namespace ringtail {
namespace {

using namespace std::chrono_literals;

// How often the lease is renewed while there is nothing to load: a quarter of its life.
constexpr auto kHeartbeat = std::chrono::milliseconds(kLeaseSeconds * 1000 / 4);
// Attempts to reach source and destination for the first time; a wrong address should not be tried
// for ever.
constexpr unsigned kFirstAttempts = 3;
constexpr std::chrono::milliseconds kDoublesUpTo = 64s;  // then StreamOptions::last_pause

class Run {
  public:
    Run(Source& source, const DestinationFactory& destinations, const StreamOptions& options,
        Clock& clock, Logger& log, Observer& observer, std::stop_token stop)
        : source_(source),
          destinations_(destinations),
          options_(options),
          clock_(clock),
          log_(log),
          observer_(observer),
          stop_(std::move(stop)),
          holder_(this_holder()),
          started_(clock.now()) {}

    RunSummary run() {
        Backoff backoff(options_.first_pause, std::min(kDoublesUpTo, options_.last_pause),
                        options_.last_pause);
        while (true) {
            const std::uint64_t loads_before = summary_.loads;
            try {
                attempt();
                leave();
                return summary_;
            } catch (const Error& error) {
                if (summary_.loads > loads_before || rounds_this_attempt_ > 0) backoff.reset();
                if (stop_.stop_requested()) {
                    leave();
                    if (!options_.once) return summary_;
                    throw Error(Fault::stopped, "stopped before the end");
                }
                if (error.fault() != Fault::transient && error.fault() != Fault::throttled) {
                    leave();
                    throw;
                }
                ++summary_.failed_attempts;
                auto pause = backoff.next();
                if (error.retry_after()) pause = std::max(pause, *error.retry_after());
                const bool hopeless =
                    (!reached_ && backoff.failures() >= kFirstAttempts) ||
                    (options_.once && backoff.failures() >= options_.attempts_once);
                if (hopeless) {
                    leave();
                    throw error.within(
                        fmt::format("given up after {} attempts", backoff.failures()));
                }
                observer_.attempt_failed(error, pause);
                clock_.sleep(pause, stop_);
            }
        }
    }

  private:
    // From connecting to the end: of a `once` run, or of everything when a stop is requested.
    void attempt() {
        rounds_this_attempt_ = 0;
        if (!loader_) loader_ = destinations_();
        if (!lookup_) lookup_ = destinations_();
        tables_ = nullptr;
        while (true) {
            const Instant round_start = clock_.now();
            discover();
            round();
            ++rounds_this_attempt_;
            if (options_.once) return;
            wait_until(round_start + options_.every);
        }
    }

    // Asks the source for its tables and views; prepares and opens when they are new.
    void discover() {
        std::vector<Table> wanted = source_.tables(stop_);
        std::vector<View> views = source_.views();
        if (tables_ && same(wanted, wanted_) && views == views_) return;
        auto prepared =
            std::make_shared<const std::vector<Table>>(loader_->prepare_to_fill(wanted));
        loader_->create_views(views);
        if (const auto calls = source_.calls()) loader_->create_calls(*calls);
        loader_->streams().hold(options_.name, holder_);
        leased_ = true;
        const auto from = loader_->streams().checkpoint(options_.name);
        failpoint("checkpoint_read");
        if (summary_.tables.empty()) summary_.tables = RunSummary(*prepared).tables;
        stored_ = std::make_unique<StoredRows>(*lookup_, options_.name, options_.bytes_per_load);
        source_.open(*prepared, from, *stored_);
        tables_ = std::move(prepared);
        wanted_ = std::move(wanted);
        views_ = std::move(views);
        reached_ = true;
    }

    // Until the source has no more for now. Everything listed must be accounted for, or the round
    // is not green.
    void round() {
        Fetcher fetcher(source_, tables_, options_, clock_);
        Tally tally;
        while (true) {
            while (!fetcher.wait_ready(kHeartbeat, stop_))
                loader_->streams().hold(options_.name, holder_);
            auto unit = fetcher.unit(stop_);
            if (!unit) break;
            load(*unit);
            tally += unit->whole_tally();
        }
        if (!tally.adds_up()) {
            throw Error(
                Fault::data,
                fmt::format("the round does not add up: {} listed, but {} equal + {} loaded + {} "
                            "gone + {} rejected",
                            tally.listed, tally.equal, tally.loaded, tally.gone, tally.rejected))
                .with_hint(
                    "Run again; what was committed is complete in itself. If it happens again, "
                    "report it.");
        }
        loader_->finish(stop_);
        ++summary_.rounds;
        summary_.elapsed = elapsed();
        observer_.round_done(summary_);
    }

    void load(const LoadUnit& unit) {
        const Instant start = clock_.now();
        summary_.add(loader_->load(unit.as_load(options_.name, holder_, start), stop_), unit);
        summary_.elapsed = elapsed();
        const auto took =
            std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - start);
        log_.info(unit.told(options_.name, took));
        observer_.loaded(summary_);
    }

    void wait_until(Instant next) {
        while (!stop_.stop_requested()) {
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(next - clock_.now());
            if (left <= 0ms) return;
            clock_.sleep(std::min(left, kHeartbeat), stop_);
            if (!stop_.stop_requested()) loader_->streams().hold(options_.name, holder_);
        }
        throw Error(Fault::stopped, "stopped");
    }

    // Leaves nothing undone, and gives the lease back, so that the next start need not wait;
    // without it the lease simply runs out.
    void leave() noexcept {
        try {
            if (loader_) loader_->finish(stop_);
        } catch (const std::exception& error) {
            log_.warning(fmt::format("{} the next run finishes the tables: {}", options_.name,
                                     error.what()));
        }
        if (!leased_) return;
        try {
            loader_->streams().release(options_.name, holder_);
        } catch (const std::exception& error) {
            log_.debug(fmt::format("{} lease not given back: {}", options_.name, error.what()));
        }
        leased_ = false;
    }

    std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - started_);
    }

    static bool same(const std::vector<Table>& a, const std::vector<Table>& b) {
        return std::equal(
            a.begin(), a.end(), b.begin(), b.end(), [](const Table& left, const Table& right) {
                return left.name == right.name &&
                       std::equal(left.columns.begin(), left.columns.end(), right.columns.begin(),
                                  right.columns.end(), [](const Column& l, const Column& r) {
                                      return l.name == r.name && l.type == r.type &&
                                             l.only_if_present == r.only_if_present;
                                  });
            });
    }

    Source& source_;
    const DestinationFactory& destinations_;
    const StreamOptions& options_;
    Clock& clock_;
    Logger& log_;
    Observer& observer_;
    std::stop_token stop_;
    const std::string holder_;
    const Instant started_;
    std::unique_ptr<Destination> loader_, lookup_;  // one connection for each of the two threads
    std::unique_ptr<Stored> stored_;
    std::shared_ptr<const std::vector<Table>> tables_;  // as prepared
    std::vector<Table> wanted_;                         // as the source described them
    std::vector<View> views_;
    RunSummary summary_;
    std::uint64_t rounds_this_attempt_ = 0;
    bool leased_ = false;
    bool reached_ = false;  // source and destination have both answered once
};

}  // namespace

RunSummary run_stream(Source& source, const DestinationFactory& destinations,
                      const StreamOptions& options, Clock& clock, Logger& log, Observer& observer,
                      std::stop_token stop) {
    return Run(source, destinations, options, clock, log, observer, std::move(stop)).run();
}

}  // namespace ringtail
