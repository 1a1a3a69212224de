#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "jobs/run_one.hpp"

namespace ringtail::jobs {

// A connection to the inbox for one taking of a run, or some; kept for others once keep() was
// called.
class LentInbox {
  public:
    explicit LentInbox(const Workshop& shop);
    ~LentInbox();
    LentInbox(const LentInbox&) = delete;
    LentInbox& operator=(const LentInbox&) = delete;

    control::Inbox& operator*() { return *inbox_; }
    // Nothing has gone wrong with it.
    void keep() { is_good_ = true; }

  private:
    KeptInboxes* const kept_;
    std::unique_ptr<control::Inbox> inbox_;
    bool is_good_ = false;
};

// What it takes to do a run, from what is stored of its job, source and destination, and what there
// is to say of a load at its end. Errors as those of the control store and of SourceKind::open().
class Taking {
  public:
    // What is passed must outlive it.
    Taking(const Workshop& shop, const control::RunRecord& run, Recorder& recorder,
           control::Inbox& inbox);
    ~Taking();
    Taking(const Taking&) = delete;
    Taking& operator=(const Taking&) = delete;

    const Account& account() const { return account_; }
    const Task& task() const { return task_; }
    const OpenedDestination& place() const { return place_; }

    // Opens the source; the below are for after that. `inbox_alone` as Task's.
    void open(bool inbox_alone = false);
    Source& source() const { return *opened_.source; }
    const std::string& stream() const { return opened_.stream; }
    // Whether something was due to be asked again so long ago that it waits for no others.
    bool must_ask(StreamStore& streams) const;
    // Call it after each commit: drops from the inbox what is loaded, now and then.
    void committed(const Checkpoint& stored);
    // Drops from the inbox all that is.
    void drop_loaded(const Checkpoint& stored) const;
    // Everything was loaded. `stored`: the stream's checkpoint, where it was looked up already.
    Outcome finished(StreamStore& streams, std::optional<Checkpoint> stored = {});

  private:
    OpenedDestination open_place();
    OpenedDestination open_outbox(const std::string& url);

    const Workshop& shop_;
    const control::RunRecord& run_;
    Recorder& recorder_;
    control::Inbox& inbox_;
    Task task_;
    const Account account_;
    const SourceKind& kind_;
    const OpenedDestination place_;
    Opened opened_;
    Instant dropped_;
};

}  // namespace ringtail::jobs
