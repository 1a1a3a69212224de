#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "control/inbox.hpp"

namespace ringtail::jobs {

// Connections to the inbox that runs have done with, for the next ones. Safe from any thread.
class KeptInboxes {
  public:
    explicit KeptInboxes(std::string path) : path_(std::move(path)) {}

    std::unique_ptr<control::Inbox> take() {
        {
            const std::scoped_lock lock(mutex_);
            if (!idle_.empty()) {
                auto inbox = std::move(idle_.back());
                idle_.pop_back();
                return inbox;
            }
        }
        return std::make_unique<control::Inbox>(path_,
                                                control::InboxOptions{.cache_bytes = kCache});
    }
    // One that nothing has gone wrong with.
    void give_back(std::unique_ptr<control::Inbox> inbox) {
        const std::scoped_lock lock(mutex_);
        if (idle_.size() < kMostIdle) idle_.push_back(std::move(inbox));
    }

  private:
    static constexpr std::size_t kCache = 1U << 20U;  // hooks are read one after the other, once
    static constexpr std::size_t kMostIdle = 16;

    const std::string path_;
    std::mutex mutex_;
    std::vector<std::unique_ptr<control::Inbox>> idle_;
};

}  // namespace ringtail::jobs
