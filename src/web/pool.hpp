#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace ringtail::web {

// A few threads for work that may block.
class Pool {
  public:
    // At most `capacity` pieces of work wait.
    Pool(unsigned threads, std::size_t capacity);
    // Waits for the work that is under way; what has not begun is dropped.
    ~Pool();
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    // False when too much waits already. The work must not throw.
    bool submit(std::function<void()> work);

  private:
    void run();

    const std::size_t capacity_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
    bool stopped_ = false;
    std::vector<std::jthread> threads_;
};

}  // namespace ringtail::web
