#include "jobs/burst.hpp"

#include <fmt/core.h>

#include <map>
#include <memory>

#include "jobs/taking.hpp"
#include "pipeline/run_joint.hpp"

namespace ringtail::jobs {
namespace {

using control::RunState;

class Burst {
  public:
    Burst(const Workshop& shop, std::span<const BurstRun> runs, const std::stop_token& stop)
        : shop_(shop), stop_(stop), inbox_(shop) {
        for (const BurstRun& run : runs) members_.push_back({run});
    }

    std::vector<std::optional<Outcome>> go() {
        for (Member& member : members_) {
            attempt(member, [&] {
                member.taking =
                    std::make_unique<Taking>(shop_, *member.run.run, *member.run.recorder, *inbox_);
                places_[member.taking->account().record.destination].push_back(&member);
            });
        }
        for (auto& [number, members] : places_) {
            attempt(*members.front(), [&] { load(members); });
        }
        inbox_.keep();
        std::vector<std::optional<Outcome>> outcomes;
        for (Member& member : members_) outcomes.push_back(std::move(member.outcome));
        return outcomes;
    }

  private:
    struct Member {
        BurstRun run;
        std::unique_ptr<Taking> taking = {};
        std::optional<Outcome> outcome = {};
    };

    template <typename Action>
    void attempt(const Member& member, Action action) {
        try {
            action();
        } catch (const std::exception& error) {
            shop_.log.debug(fmt::format("run {} is not made with others: {}",
                                        member.run.run->number, error.what()));
        }
    }

    // Those of one destination.
    void load(const std::vector<Member*>& members) {
        const OpenedDestination& place = members.front()->taking->place();
        const auto destination = place.factory();
        if (destination->joint() == nullptr) return;
        std::vector<Member*> joined;
        std::vector<JointStream> streams;
        for (Member* const member : members) {
            attempt(*member, [&] {
                Taking& taking = *member->taking;
                taking.open(true);
                const Instant overdue = shop_.clock.now() - taking.gather_asks();
                if (!destination->streams().rechecks(taking.stream(), overdue, 1).empty()) return;
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

    void finish(const std::vector<Member*>& loaded, StreamStore& streams) {
        if (loaded.empty()) return;
        attempt(*loaded.front(), [&] { drop(loaded, streams); });
        for (Member* const member : loaded) {
            Outcome& outcome = *member->outcome;
            const bool goes_on = outcome.ending.state == RunState::queued;
            try {
                outcome = member->taking->finished(streams);
                if (goes_on) outcome.ending.state = RunState::queued;
            } catch (const std::exception& error) {
                outcome = ended_by(error);
            }
            outcome.ending.last = member->run.recorder->beat();
        }
    }

    // In one transaction; where that cannot be, each is dropped when it is finished.
    void drop(const std::vector<Member*>& loaded, StreamStore& streams) {
        (*inbox_).drop_together([&] {
            for (Member* const member : loaded) {
                const Taking& taking = *member->taking;
                if (const auto stored = streams.checkpoint(taking.stream()))
                    taking.drop_loaded(*stored);
            }
        });
    }

    const Workshop& shop_;
    const std::stop_token& stop_;
    LentInbox inbox_;
    std::vector<Member> members_;
    std::map<std::int64_t, std::vector<Member*>> places_;  // by destination
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
