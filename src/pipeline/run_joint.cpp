#include "pipeline/run_joint.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "pipeline/load_unit.hpp"
#include "pipeline/stored.hpp"

namespace ringtail {
namespace {

class JointRun {
  public:
    JointRun(std::span<const JointStream> streams, Destination& destination, const LoadSize& size,
             Clock& clock, Logger& log, const std::stop_token& stop)
        : destination_(destination),
          joint_(*destination.joint()),
          size_(size),
          clock_(clock),
          log_(log),
          stop_(stop),
          holder_(this_holder()) {
        for (const JointStream& stream : streams) members_.push_back({&stream});
    }

    std::vector<JointEnd> go() {
        for (Member& member : members_) {
            attempt(member, [&] { prepare(member); });
        }
        hold();
        std::size_t bytes = 0;
        for (Member& member : members_) {
            if (member.held) attempt(member, [&] { read(member); });
            if (member.unit) bytes += member.unit->bytes();
            if (bytes < size_.bytes) continue;
            load();
            bytes = 0;
        }
        load();
        release();
        std::vector<JointEnd> ends;
        for (const Member& member : members_) ends.push_back(member.end);
        return ends;
    }

  private:
    struct Member {
        const JointStream* stream;
        std::shared_ptr<const std::vector<Table>> tables = {};  // none: it is left out
        std::unique_ptr<StoredRows> stored = {};
        std::optional<LoadUnit> unit = {};  // read, and not loaded yet
        bool held = false, whole = false;
        JointEnd end = JointEnd::left_out;
    };

    template <typename Action>
    void attempt(const Member& member, Action action) {
        try {
            action();
        } catch (const std::exception& error) {
            log_.debug(fmt::format("{} is not loaded together with others: {}", member.stream->name,
                                   error.what()));
        }
    }

    void prepare(Member& member) {
        const auto is_same = [&](const Member& other) {
            return other.tables && other.stream->name == member.stream->name;
        };
        if (std::ranges::any_of(members_, is_same)) return;  // one at a time
        Source& source = *member.stream->source;
        auto tables =
            std::make_shared<const std::vector<Table>>(destination_.prepare(source.tables(stop_)));
        destination_.create_views(source.views());
        if (const auto calls = source.calls()) destination_.create_calls(*calls);
        member.tables = std::move(tables);
    }

    void hold() {
        std::vector<Member*> prepared;
        std::vector<std::string> names;
        for (Member& member : members_) {
            if (!member.tables) continue;
            prepared.push_back(&member);
            names.push_back(member.stream->name);
        }
        if (names.empty()) return;
        try {
            const std::vector<bool> held = joint_.hold(names, holder_);
            for (std::size_t i = 0; i < held.size(); ++i) prepared[i]->held = held[i];
        } catch (const std::exception& error) {
            log_.debug(fmt::format("no stream is loaded together with others: {}", error.what()));
        }
    }

    void read(Member& member) {
        const std::string& name = member.stream->name;
        Source& source = *member.stream->source;
        const auto from = destination_.streams().checkpoint(name);
        failpoint("checkpoint_read");
        member.stored = std::make_unique<StoredRows>(destination_, name, size_.bytes);
        source.open(*member.tables, from, *member.stored);
        LoadUnit unit(member.tables);
        member.whole = true;
        while (auto page = source.next(stop_)) {
            unit.add(source, std::move(*page));
            member.whole = unit.rows() < size_.rows && unit.bytes() < size_.bytes;
            if (!member.whole) break;
        }
        // run_stream() says so.
        if (!unit.whole_tally().adds_up()) return;
        if (unit.pages > 0) {
            member.unit = std::move(unit);
        } else {
            tell_round(member, RunSummary(*member.tables));
        }
    }

    // What has been read and is not loaded yet.
    void load() {
        const Instant start = clock_.now();
        std::vector<Member*> in_it;
        std::vector<Load> loads;
        for (Member& member : members_) {
            if (!member.unit) continue;
            in_it.push_back(&member);
            loads.push_back(member.unit->as_load(member.stream->name, holder_, start));
        }
        if (loads.empty()) return;
        try {
            const std::vector<LoadStats> stats = joint_.load(loads, stop_);
            const auto took =
                std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - start);
            for (std::size_t i = 0; i < in_it.size(); ++i) loaded(*in_it[i], stats[i], took);
        } catch (const std::exception& error) {
            log_.debug(
                fmt::format("{} streams are loaded one by one: {}", in_it.size(), error.what()));
        }
        for (Member* const member : in_it) member->unit.reset();
    }

    void loaded(Member& member, const LoadStats& stats, std::chrono::milliseconds took) {
        log_.info(member.unit->told(member.stream->name, took));
        RunSummary summary(*member.tables);
        summary.add(stats, *member.unit);
        summary.elapsed = took;
        member.end = JointEnd::more;
        member.stream->observer->loaded(summary);
        if (member.whole) tell_round(member, std::move(summary));
    }

    void tell_round(Member& member, RunSummary summary) {
        ++summary.rounds;
        member.end = JointEnd::done;
        member.stream->observer->round_done(summary);
    }

    // Without it the leases simply run out.
    void release() {
        std::vector<std::string> names;
        for (const Member& member : members_) {
            if (member.held) names.push_back(member.stream->name);
        }
        if (names.empty()) return;
        try {
            joint_.release(names, holder_);
        } catch (const std::exception& error) {
            log_.debug(fmt::format("leases not given back: {}", error.what()));
        }
    }

    Destination& destination_;
    JointLoads& joint_;
    const LoadSize size_;
    Clock& clock_;
    Logger& log_;
    const std::stop_token& stop_;
    const std::string holder_;
    std::vector<Member> members_;
};

}  // namespace

std::vector<JointEnd> run_joint(std::span<const JointStream> streams, Destination& destination,
                                const LoadSize& size, Clock& clock, Logger& log,
                                const std::stop_token& stop) {
    return JointRun(streams, destination, size, clock, log, stop).go();
}

}  // namespace ringtail
