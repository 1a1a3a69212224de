#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "control/inbox_position.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::control {

// A request as it came in.
struct Hook {
    std::int64_t source = 0;
    Instant received = {};
    std::string_view content_type = {};
    std::string_view query = {};  // after the ?
    std::string_view body = {};
};

struct StoredHook {
    std::int64_t number = 0;  // by age, over all sources; never used again
    Instant received;
    std::string content_type, query, body;
};

struct HookReject {
    std::int64_t number = 0;
    std::int64_t source = 0;
    Instant received;
    std::string content_type, query, body;  // body: its first 64 KiB
    std::string reason;
};

struct InboxOptions {
    std::uint64_t max_bytes = 10ULL << 30U;  // of the file
    std::size_t rejects_per_source = 1'000;  // the newest are kept
    std::size_t cache_bytes = 8U << 20U;     // pages held in memory, at most
};

struct InboxPage {
    std::vector<StoredHook> hooks;  // by number
    InboxPosition after;            // once they are loaded
};

struct InboxCount {
    std::uint64_t hooks = 0, bytes = 0;  // loaded and not yet dropped ones too
};

// Webhooks that have been accepted, in a SQLite file of their own, until they are loaded. One
// object is for one thread at a time; several objects and processes may share the file, and readers
// do not wait for the writer. Errors as sqlite/error.hpp says.
class Inbox {
  public:
    // Makes the file where there is none.
    explicit Inbox(const std::string& path, InboxOptions options = {});

    // All or none; on disk when it returns. One call for many: a commit waits for the disk.
    // Error(throttled) with retry_after, and nothing is stored, when the file has reached its cap.
    void append(std::span<const Hook> hooks);

    // The next hooks of a source that `position` does not cover; none: all are loaded. About
    // `max_bytes`, but at least one. With more than kInboxBacklog waiting the newest come
    // first.
    InboxPage take(std::int64_t source, const InboxPosition& position,
                   std::size_t max_bytes = 1U << 20U, std::size_t max_hooks = 1'000);
    // Whether take() would give any.
    bool has_more(std::int64_t source, const InboxPosition& position);
    // Those that have any hooks, loaded and not yet dropped ones too.
    std::vector<std::int64_t> sources();
    // When the oldest that is not covered came in: how far loading lags behind.
    std::optional<Instant> oldest(std::int64_t source, const InboxPosition& position);
    // Forgets what `position` covers: call it once the destination has stored that position. Gives
    // room in the file back. How many.
    std::uint64_t drop_loaded(std::int64_t source, const InboxPosition& position);
    // What `drops` forgets by drop_loaded(), of some sources, is forgotten in one transaction.
    void drop_together(const std::function<void()>& drops);
    // Forgets all of a source that was removed.
    void forget(std::int64_t source);
    // Drops what was no call and came before.
    void forget_rejects(std::int64_t source, Instant before);

    std::map<std::int64_t, InboxCount> counts();  // by source; only those that have any
    std::uint64_t bytes();  // of the file, without the room that can be used again
    bool is_full() { return bytes() >= options_.max_bytes; }

    // Keeps what was no call, the newest of each source.
    void reject(const Hook& hook, std::string_view reason);
    std::vector<HookReject> rejects(std::optional<std::int64_t> source,
                                    std::size_t limit = 100);  // newest first

  private:
    struct Statements {
        sqlite::Statement insert, count, page, page_down;
    };
    void refuse_if_full();
    void raise_numbers(Instant now);
    std::uint64_t count_waiting(std::int64_t source, std::int64_t above);
    // The first hook above < number < below.
    std::optional<StoredHook> first(std::int64_t source, std::int64_t above, std::int64_t below);
    std::optional<StoredHook> first_waiting(std::int64_t source, const InboxPosition& position);
    std::uint64_t drop(std::int64_t source, std::int64_t from, std::int64_t to);
    void shrink();

    sqlite::Connection db_;
    InboxOptions options_;
    std::optional<Statements> run_;
    bool raised_ = false;
    std::map<std::int64_t, std::uint64_t> turns_;  // pages taken, by source
};

}  // namespace ringtail::control
