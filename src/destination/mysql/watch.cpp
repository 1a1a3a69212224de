#include "destination/mysql/watch.hpp"

#include <optional>

namespace ringtail::mysql {
namespace {

// How long the answer to a COMMIT is waited for once a stop is requested.
constexpr std::chrono::seconds kLastWords{5};

}  // namespace

Watch::Watch(const relational::Patience& patience, bool committing, std::function<void()> cut) {
    if (!patience.stop.stop_possible() && !patience.limit) return;
    thread_ = std::jthread(
        [this, patience, committing, cut = std::move(cut)] { wait(patience, committing, cut); });
}

Watch::~Watch() {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
}

Watch::End Watch::end() const {
    const std::lock_guard lock(mutex_);
    return end_;
}

void Watch::wait(const relational::Patience& patience, bool committing,
                 const std::function<void()>& cut) {
    std::unique_lock lock(mutex_);
    const auto done = [this] { return done_; };
    const auto deadline =
        patience.limit ? std::optional(Time::now() + *patience.limit) : std::nullopt;
    const bool in_time = deadline ? changed_.wait_until(lock, patience.stop, *deadline, done)
                                  : changed_.wait(lock, patience.stop, done);
    if (in_time) return;
    const bool stopped = patience.stop.stop_requested();
    // Too late to take it back; but an answer that does not come is not waited for.
    if (stopped && committing && changed_.wait_for(lock, kLastWords, done)) return;
    end_ = stopped ? End::stopped : End::late;
    cut();
}

}  // namespace ringtail::mysql
