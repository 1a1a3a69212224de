#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace ringtail {

// Where two threads meet. The capacity is the memory bound: a full queue makes the producer wait.
template <typename T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : capacity_(capacity) {}

    // Waits for room. False when the queue was closed or a stop was requested; the item is then
    // dropped.
    bool push(T item, std::stop_token stop) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [&] { return closed_ || items_.size() < capacity_; });
        if (closed_ || stop.stop_requested()) return false;
        items_.push_back(std::move(item));
        changed_.notify_all();
        return true;
    }

    // Waits for an item. Nothing when the queue is closed and empty, or a stop was requested.
    std::optional<T> pop(std::stop_token stop) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [&] { return closed_ || !items_.empty(); });
        if (items_.empty() || stop.stop_requested()) return std::nullopt;
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        changed_.notify_all();
        return item;
    }

    // Waits at most `patience`: true when pop() will not wait (an item, closed or stopped), false
    // when time ran out.
    bool wait_ready(std::chrono::milliseconds patience, std::stop_token stop) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, stop, patience, [&] {
            return closed_ || !items_.empty();
        }) || stop.stop_requested();
    }

    // No more items will come; what is inside can still be popped.
    void close() {
        std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

  private:
    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<T> items_;
    bool closed_ = false;
};

}  // namespace ringtail
