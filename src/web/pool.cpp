#include "web/pool.hpp"

#include <utility>

namespace ringtail::web {

Pool::Pool(unsigned threads, std::size_t capacity) : capacity_(capacity) {
    for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

Pool::~Pool() {
    {
        std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    threads_.clear();
}

bool Pool::submit(std::function<void()> work) {
    {
        std::lock_guard lock(mutex_);
        if (stopped_ || waiting_.size() >= capacity_) return false;
        waiting_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
}

void Pool::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [&] { return stopped_ || !waiting_.empty(); });
        if (stopped_) return;
        {
            const auto work = std::move(waiting_.front());
            waiting_.pop_front();
            lock.unlock();
            work();
        }  // what the work held goes before the lock is taken again
        lock.lock();
    }
}

}  // namespace ringtail::web
