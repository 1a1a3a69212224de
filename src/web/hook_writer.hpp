#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "control/inbox.hpp"
#include "http/server.hpp"

namespace ringtail::web {

// A hook that waits to be stored, and whom to tell.
struct WaitingHook {
    std::int64_t source = 0;
    Instant received;
    std::string content_type, query, body;
    std::string reject_reason;  // not empty: it is no call, and only kept to be looked at
    http::Responder responder;

    std::size_t bytes() const { return content_type.size() + query.size() + body.size(); }
    control::Hook hook() const { return {source, received, content_type, query, body}; }
};

// Where hooks are kept: control::Inbox, or what a test puts in its place. Called by one thread.
class HookStore {
  public:
    virtual ~HookStore() = default;
    // As control::Inbox: all or none, on disk when it returns.
    virtual void append(std::span<const control::Hook> hooks) = 0;
    virtual void reject(const control::Hook& hook, std::string_view reason) = 0;
};

struct HookWriterOptions {
    // Beyond this no hook is taken until some are stored.
    std::size_t queue_hooks = 10'000;
    std::size_t queue_bytes = 64U << 20U;
    // In one commit at most.
    std::size_t group_hooks = 1'000;
    std::size_t group_bytes = 8U << 20U;
    // While hooks come one by one, each waits so long for the next.
    std::chrono::milliseconds gather{50};
};

// Stores hooks in groups: all that wait when the disk is ready become one commit, and each sender
// gets its 200 only after that. Whatever goes wrong is a 503 with Retry-After.
class HookWriter {
  public:
    // Called by the writer's thread before the senders hear of it.
    struct Events {
        std::function<void(std::span<const WaitingHook>)> stored;  // rejects are not among them
        std::function<void(std::span<const WaitingHook>)> refused;
    };

    HookWriter(HookWriterOptions options, HookStore& store, Events events, Logger& log);
    ~HookWriter();
    HookWriter(const HookWriter&) = delete;
    HookWriter& operator=(const HookWriter&) = delete;

    // False when the queue is full or closed; the hook is then as it was. Does not block.
    bool push(WaitingHook& hook);
    // Stores what waits, then takes no more.
    void close();
    // False when a group could not be stored a moment ago. Not for long: a proxy that asks must
    // send hooks again, or nobody would learn that the disk has room.
    bool is_well() const;
    std::size_t waiting() const;

  private:
    void run();
    std::vector<WaitingHook> next_group();
    void store(std::vector<WaitingHook>& group);
    void store_good(std::span<const WaitingHook> good);
    void keep_rejects(std::span<const WaitingHook> rejects);
    void failed(std::span<const WaitingHook> group, const std::string& why,
                std::chrono::milliseconds retry_after);

    const HookWriterOptions options_;
    HookStore& store_;
    const Events events_;
    Logger& log_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<WaitingHook> waiting_;
    std::size_t waiting_bytes_ = 0;
    bool closed_ = false;
    std::optional<std::chrono::steady_clock::time_point> failed_;  // the last group, then
    std::chrono::steady_clock::time_point ended_;                  // the last group, the thread's
    std::jthread thread_;
};

}  // namespace ringtail::web
