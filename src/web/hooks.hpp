#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "http/server.hpp"
#include "web/hook_journal.hpp"
#include "web/hook_tokens.hpp"
#include "web/hook_writer.hpp"
#include "web/pool.hpp"
#include "web/rate_limit.hpp"

namespace ringtail::web {

struct HookOptions {
    std::size_t max_bytes = 1U << 20U;  // of body and query; above: 413
    unsigned per_second = 0;            // of one source, above: 429; 0: no limit
    HookWriterOptions writer;
    std::chrono::milliseconds journal_after{2'000};
    // Throws Error(data), saying why, when this is no hook. Called by several threads.
    std::function<void(std::string_view content_type, std::string_view query,
                       std::string_view body)>
        read;
};

// What the hooks need of the rest.
struct HookParts {
    HookStore& store;
    // Which source a token belongs to. May block; throws Error.
    std::function<std::optional<std::int64_t>(const std::string& token, Instant now)> source_of;
    // The source of every token that is taken, by the token's SHA-256; likewise.
    std::function<std::unordered_map<std::string, std::int64_t>(Instant now)> sources_by_digest;
    HookJournal::Write journal;
    std::function<void()> stored;  // hooks wait to be loaded; returns at once
    Metrics& metrics;
    Clock& clock;
    Logger& log;
};

// /hooks/callkeeper/TOKEN. Answers (docs/hooks.md): 200 only when the request is on disk; 400 what
// is no hook (a few are kept); 404 unknown token; 405; 413; 429; 503 with Retry-After when it could
// not be stored. No token gets into a log.
class HookDoor {
  public:
    static constexpr std::string_view kPrefix = "/hooks/callkeeper/";

    HookDoor(HookOptions options, HookParts parts);
    ~HookDoor();
    HookDoor(const HookDoor&) = delete;
    HookDoor& operator=(const HookDoor&) = delete;

    // For requests whose path begins with kPrefix; called on an I/O thread, does not block.
    void handle(http::ServerRequest request, const http::Responder& responder);
    // Answers what it has taken; from now on 503.
    void close() { writer_.close(); }
    bool is_well() const { return writer_.is_well(); }
    std::size_t waiting() const { return writer_.waiting(); }  // for the disk

  private:
    void receive(http::ServerRequest request, const http::Responder& responder);
    void refuse(const http::Responder& responder, http::Answer answer);
    struct Question {
        http::ServerRequest request;
        http::Responder responder;
    };
    // `question`: taken or refused once the answer is there.
    void ask(std::string token, std::string digest, std::shared_ptr<Question> question);
    void ask_for_all();
    void take(std::int64_t source, http::ServerRequest& request, const http::Responder& responder);
    void announce(std::span<const WaitingHook> group);

    const HookOptions options_;
    HookParts parts_;
    HookTokens tokens_;
    RateLimit limit_;
    HookJournal journal_;
    HookWriter writer_;
    Pool pool_;  // asks the control store; last, as it uses the others
};

}  // namespace ringtail::web
