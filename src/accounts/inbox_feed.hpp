#pragma once
#include <mutex>

#include "control/inbox.hpp"
#include "source/callkeeper/inbox_reader.hpp"

namespace ringtail::accounts {

control::InboxPosition to_inbox(const callkeeper::InboxPosition& position);

// The waiting webhooks of one source, as its Source reads them. Safe from two threads: pages are
// taken on one and dropped on another.
class InboxFeed final : public callkeeper::InboxReader {
  public:
    // `inbox` must outlive it, and is this feed's alone.
    InboxFeed(control::Inbox& inbox, std::int64_t source) : inbox_(inbox), source_(source) {}
    callkeeper::WaitingHooks take(const callkeeper::InboxPosition& position,
                                  std::size_t max_bytes) override;
    void drop_loaded(const callkeeper::InboxPosition& position);

  private:
    std::mutex mutex_;
    control::Inbox& inbox_;
    const std::int64_t source_;
};

}  // namespace ringtail::accounts
