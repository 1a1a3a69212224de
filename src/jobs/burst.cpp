#include "jobs/burst.hpp"

#include <fmt/core.h>

#include <map>
#include <memory>

#include "http/reach.hpp"
#include "jobs/taking.hpp"
#include "pipeline/run_joint.hpp"

namespace ringtail::jobs {
namespace {

using control::RunState;

// Of a source with more than this waiting the webhooks are decoded while others are stored.
constexpr std::uint64_t kMostBytes = 1U << 20U;

class Burst {
  public:
    Burst(const Workshop& shop, std::span<const BurstRun> runs, const std::stop_token& stop)
        : shop_(shop), stop_(stop), inbox_(shop) {
        for (const BurstRun& run : runs) members_.push_back({run});
    }

    std::vector<std::optional<Outcome>> go() {
        std::map<std::int64_t, std::vector<Member*>> by_destination;
        const auto waiting = (*inbox_).counts();
        for (Member& member : members_) {
            const auto source = shop_.store.sources().find(member.run.run->source);
            const auto count = waiting.find(member.run.run->source);
            const bool is_much = count != waiting.end() && count->second.bytes > kMostBytes;
            if (source && !is_much) by_destination[source->destination].push_back(&member);
        }
        for (const auto& group : by_destination) {
            attempt([&] { load(group.first, group.second); });
        }
        if (!failed_) inbox_.keep();
        std::vector<std::optional<Outcome>> outcomes;
        for (Member& member : members_) outcomes.push_back(std::move(member.outcome));
        return outcomes;
    }

  private:
    struct Member {
        BurstRun run;
        std::unique_ptr<Taking> taking = {};
        std::optional<Checkpoint> stored = {};
        std::optional<Outcome> outcome = {};
    };

    template <typename Action>
    void attempt(Action action) {
        try {
            action();
        } catch (const std::exception& error) {
            failed_ = true;
            shop_.log.debug(fmt::format("webhooks not loaded together: {}", error.what()));
        }
    }

    void load(std::int64_t number, const std::vector<Member*>& members) {
        const std::string url = shop_.store.destinations().url(number);
        if (http::is_web_address(url)) return;
        const OpenedDestination place = shop_.destinations(url);
        const auto destination = place.factory();
        if (destination->joint() == nullptr) return;
        std::vector<Member*> joined;
        std::vector<JointStream> streams;
        for (Member* const member : members) {
            attempt([&] {
                if (!open(*member, destination->streams())) return;
                const Taking& taking = *member->taking;
                streams.push_back({&taking.source(), taking.stream(), member->run.recorder});
                joined.push_back(member);
            });
        }
        const auto ends =
            run_joint(streams, *destination, place.size, shop_.clock, shop_.log, stop_);
        std::vector<Member*> loaded;
        for (std::size_t i = 0; i < ends.size(); ++i) {
            if (ends[i] == JointEnd::left_out) continue;
            loaded.push_back(joined[i]);
            Outcome& outcome = joined[i]->outcome.emplace();
            if (ends[i] == JointEnd::more) outcome.ending.state = RunState::queued;
        }
        finish(loaded, destination->streams());
    }

    // False when some of its calls are to be asked about at once.
    bool open(Member& member, StreamStore& streams) {
        const auto& [run, recorder] = member.run;
        member.taking = std::make_unique<Taking>(shop_, *run, *recorder, *inbox_);
        member.taking->open(true);
        return !member.taking->must_ask(streams);
    }

    void finish(const std::vector<Member*>& loaded, StreamStore& streams) {
        if (loaded.empty()) return;
        attempt([&] { drop(loaded, streams); });
        for (Member* const member : loaded) {
            Outcome& outcome = *member->outcome;
            const bool goes_on = outcome.ending.state == RunState::queued;
            try {
                outcome = member->taking->finished(streams, member->stored);
                if (goes_on) outcome.ending.state = RunState::queued;
            } catch (const std::exception& error) {
                failed_ = true;
                outcome = ended_by(error);
            }
            outcome.ending.last = member->run.recorder->beat();
        }
    }

    // In one transaction; where that cannot be, each is dropped when it is finished.
    void drop(const std::vector<Member*>& loaded, StreamStore& streams) {
        (*inbox_).drop_together([&] {
            for (Member* const member : loaded) {
                member->stored = streams.checkpoint(member->taking->stream());
                if (member->stored) member->taking->drop_loaded(*member->stored);
            }
        });
    }

    const Workshop& shop_;
    const std::stop_token& stop_;
    LentInbox inbox_;
    std::vector<Member> members_;
    bool failed_ = false;  // something, and the inbox may be in it
};

}  // namespace

std::vector<std::optional<Outcome>> load_burst(const Workshop& shop, std::span<const BurstRun> runs,
                                               const std::stop_token& stop) try {
    return Burst(shop, runs, stop).go();
} catch (const std::exception& error) {
    shop.log.debug(
        fmt::format("no run for webhooks is made together with others: {}", error.what()));
    return std::vector<std::optional<Outcome>>(runs.size());
}

}  // namespace ringtail::jobs
