#include "base/turns.hpp"

namespace ringtail {

bool Turns::enter(const std::stop_token& stop, std::optional<std::chrono::milliseconds> patience) {
    std::unique_lock lock(mutex_);
    if (free_ > 0) {
        --free_;
        return true;
    }
    Waiter self;
    const auto place = waiting_.insert(waiting_.end(), &self);
    const auto has_place = [&] { return self.has_place; };
    if (patience) {
        self.called.wait_for(lock, stop, *patience, has_place);
    } else {
        self.called.wait(lock, stop, has_place);
    }
    if (!self.has_place) waiting_.erase(place);
    return self.has_place;
}

std::size_t Turns::waiting() const {
    const std::scoped_lock lock(mutex_);
    return waiting_.size();
}

// A place is handed on, never put down while somebody waits: nobody can be overtaken.
void Turns::leave() {
    const std::scoped_lock lock(mutex_);
    if (waiting_.empty()) {
        ++free_;
        return;
    }
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.has_place = true;
    next.called.notify_one();
}

}  // namespace ringtail
