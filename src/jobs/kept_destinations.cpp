#include "jobs/kept_destinations.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace ringtail::jobs {
namespace {

// Long enough for sources that are loaded every minute: to open a database again and make sure of
// its tables and views costs more than such a load. Short enough that a service with little to do
// leaves files and servers alone.
constexpr auto kKeep = std::chrono::seconds(90);
// Of one URL: four runs use two each.
constexpr std::size_t kMostIdle = 8;

// `give_back` gets the destination at the end, unless something went wrong with it.
class Lent final : public Destination {
    template <typename Action>
    auto watch(Action action) {
        try {
            return action();
        } catch (...) {
            failed_ = true;
            throw;
        }
    }

  public:
    using GiveBack = std::function<void(std::unique_ptr<Destination>)>;
    Lent(std::unique_ptr<Destination> kept, GiveBack give_back)
        : kept_(std::move(kept)),
          streams_(*this),
          joint_(*this),
          give_back_(std::move(give_back)) {}
    ~Lent() override {
        if (!failed_) give_back_(std::move(kept_));
    }
    Lent(const Lent&) = delete;
    Lent& operator=(const Lent&) = delete;

    std::vector<Table> prepare(std::span<const Table> tables) override {
        return watch([&] { return kept_->prepare(tables); });
    }
    std::vector<Table> prepare_to_fill(std::span<const Table> tables) override {
        return watch([&] { return kept_->prepare_to_fill(tables); });
    }
    void finish(std::stop_token stop) override {
        watch([&] { kept_->finish(std::move(stop)); });
    }
    void create_views(std::span<const View> views) override {
        watch([&] { kept_->create_views(views); });
    }
    void create_calls(const CallsPart& part) override {
        watch([&] { kept_->create_calls(part); });
    }
    LoadStats load(const Load& load, std::stop_token stop) override {
        return watch([&] { return kept_->load(load, std::move(stop)); });
    }
    std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) override {
        return watch([&] { return kept_->fingerprints(table, keys); });
    }
    StreamStore& streams() override { return streams_; }
    JointLoads* joint() override { return kept_->joint() != nullptr ? &joint_ : nullptr; }
    // Deleting old rows is rare; such a connection is not kept.
    Retention* retention() override {
        failed_ = true;
        return kept_->retention();
    }
    RowReader* rows() override {
        failed_ = true;
        return kept_->rows();
    }

  private:
    class Streams final : public StreamStore {
      public:
        explicit Streams(Lent& lent) : lent_(lent) {}
        std::optional<Checkpoint> checkpoint(std::string_view stream) override {
            return lent_.watch([&] { return kept().checkpoint(stream); });
        }
        std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                      std::size_t limit) override {
            return lent_.watch([&] { return kept().rechecks(stream, until, limit); });
        }
        void hold(std::string_view stream, std::string_view holder) override {
            lent_.watch([&] { kept().hold(stream, holder); });
        }
        void release(std::string_view stream, std::string_view holder) override {
            lent_.watch([&] { kept().release(stream, holder); });
        }

      private:
        StreamStore& kept() { return lent_.kept_->streams(); }
        Lent& lent_;
    };

    class Joint final : public JointLoads {
      public:
        explicit Joint(Lent& lent) : lent_(lent) {}
        std::vector<bool> hold(std::span<const std::string> streams,
                               std::string_view holder) override {
            return lent_.watch([&] { return kept().hold(streams, holder); });
        }
        std::vector<LoadStats> load(std::span<const Load> loads, std::stop_token stop) override {
            return lent_.watch([&] { return kept().load(loads, std::move(stop)); });
        }
        void release(std::span<const std::string> streams, std::string_view holder) override {
            lent_.watch([&] { kept().release(streams, holder); });
        }

      private:
        JointLoads& kept() { return *lent_.kept_->joint(); }
        Lent& lent_;
    };

    std::unique_ptr<Destination> kept_;
    Streams streams_;
    Joint joint_;
    GiveBack give_back_;
    bool failed_ = false;
};

}  // namespace

// One URL's.
class KeptDestinations::Place : public std::enable_shared_from_this<Place> {
  public:
    Place(OpenedDestination opened, const Clock& clock)
        : opened_(std::move(opened)), clock_(clock), used_(clock.now()) {}

    const LoadSize& size() const { return opened_.size; }

    std::unique_ptr<Destination> lend() {
        std::unique_ptr<Destination> kept;
        {
            const std::scoped_lock lock(mutex_);
            used_ = clock_.now();
            if (!idle_.empty()) {
                kept = std::move(idle_.back().second);
                idle_.pop_back();
            }
        }
        if (!kept) kept = opened_.factory();
        return std::make_unique<Lent>(
            std::move(kept), [place = shared_from_this()](std::unique_ptr<Destination> back) {
                place->take_back(std::move(back));
            });
    }

    // What has been idle for so long; true when nothing was used meanwhile.
    bool drop_idle(std::vector<std::unique_ptr<Destination>>& dropped) {
        const std::scoped_lock lock(mutex_);
        const Instant before = clock_.now() - kKeep;
        const auto young =
            std::ranges::find_if(idle_, [&](const auto& one) { return one.first > before; });
        for (auto one = idle_.begin(); one != young; ++one)
            dropped.push_back(std::move(one->second));
        idle_.erase(idle_.begin(), young);
        return used_ <= before;
    }

  private:
    void take_back(std::unique_ptr<Destination> back) {
        const std::scoped_lock lock(mutex_);
        used_ = clock_.now();
        if (idle_.size() < kMostIdle) idle_.emplace_back(used_, std::move(back));
    }

    const OpenedDestination opened_;
    const Clock& clock_;
    std::mutex mutex_;
    Instant used_;
    // With when they came back, the last one at the end.
    std::vector<std::pair<Instant, std::unique_ptr<Destination>>> idle_;
};

KeptDestinations::KeptDestinations(DestinationOpener opener, const Clock& clock)
    : opener_(std::move(opener)), clock_(clock) {}

KeptDestinations::~KeptDestinations() = default;

OpenedDestination KeptDestinations::open(const std::string& url) {
    const std::scoped_lock lock(mutex_);
    auto& place = places_[url];
    if (!place) {
        try {
            place = std::make_shared<Place>(opener_(url), clock_);
        } catch (...) {
            places_.erase(url);
            throw;
        }
    }
    return {[place] { return place->lend(); }, place->size()};
}

void KeptDestinations::close_idle() {
    std::vector<std::unique_ptr<Destination>> dropped;
    std::vector<std::shared_ptr<Place>> unused;  // closed without the lock, as that may take long
    const std::scoped_lock lock(mutex_);
    for (auto at = places_.begin(); at != places_.end();) {
        const bool is_idle = at->second->drop_idle(dropped);
        // Nobody else has it, nor can get it while we have the lock.
        if (is_idle && at->second.use_count() == 1) {
            unused.push_back(std::move(at->second));
            at = places_.erase(at);
        } else {
            ++at;
        }
    }
}

}  // namespace ringtail::jobs
