#include "web/web_server.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "web/api.hpp"
#include "web/auth.hpp"
#include "web/front.hpp"
#include "web/service_routes.hpp"

namespace ringtail::web {
namespace {

// Databases, logs, requests to sources.
constexpr std::size_t kOtherFiles = 1'024;

// The writer thread's own connection to the inbox.
class InboxStore final : public HookStore {
  public:
    InboxStore(const std::string& path, const control::InboxOptions& options)
        : inbox_(path, options) {}
    void append(std::span<const control::Hook> hooks) override { inbox_.append(hooks); }
    void reject(const control::Hook& hook, std::string_view reason) override {
        inbox_.reject(hook, reason);
    }

  private:
    control::Inbox inbox_;
};

// Each connection is an open file; many systems allow 1,024 until they are asked for more.
void allow_files(std::size_t count) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count) return;
    limit.rlim_cur = std::min<rlim_t>(count, limit.rlim_max);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

struct WebServer::Inside {
    Inside(WebOptions options, const WebParts& the_parts)
        : parts(the_parts),
          writer_store(options.inbox, options.inbox_options),
          inbox(options.inbox, options.inbox_options),
          api{parts.store,
              parts.actions,
              parts.clock,
              options.public_url,
              [this](std::int64_t source) { forget_hooks(source); },
              [this](std::int64_t source, std::size_t limit) {
                  std::lock_guard lock(inbox_mutex);
                  return inbox.rejects(source, limit);
              }},
          auth(parts.store.keys(), parts.clock),
          door(std::move(options.hooks), hook_parts()),
          front(filled(router), auth, parts.metrics, parts.log, options.threads, options.queue) {
        allow_files(options.server.max_connections + kOtherFiles);
        server = std::make_unique<http::Server>(
            std::move(options.server),
            [this](http::ServerRequest request, const http::Responder& responder) {
                if (request.path.starts_with(HookDoor::kPrefix))
                    return door.handle(std::move(request), responder);
                front.handle(std::move(request), responder);
            },
            parts.log);
    }

    // The hooks that were taken are answered before the connections go.
    ~Inside() {
        door.close();
        server.reset();
    }

    HookParts hook_parts() {
        return {writer_store,
                [this](const std::string& token, Instant now) {
                    return parts.store.sources().of_hook_token(token, now);
                },
                [this](Instant now) { return parts.store.sources().hook_digests(now); },
                [this](std::span<const control::Received> received) {
                    parts.store.journal().add_received(received);
                },
                [this] { parts.actions.hooks_came(); },
                parts.metrics,
                parts.clock,
                parts.log};
    }

    const Router& filled(Router& empty) {
        add_api_routes(empty, api);
        add_service_routes(
            empty, [this] { return trouble(); }, [this] { return measured(); });
        return empty;
    }

    std::string trouble() {
        parts.store.version();
        if (!door.is_well()) return "webhooks cannot be stored";
        std::lock_guard lock(inbox_mutex);
        return inbox.is_full() ? "the inbox is full" : "";
    }

    std::string measured() {
        measure_inbox();
        return parts.metrics.text();
    }

    void measure_inbox() {
        std::lock_guard lock(inbox_mutex);
        parts.metrics.gauge(metric::kInboxBytes).set(static_cast<double>(inbox.bytes()));
        const auto counts = inbox.counts();
        for (const auto& source : parts.store.sources().list()) {
            const auto found = counts.find(source.number);
            const auto hooks = found == counts.end() ? 0 : found->second.hooks;
            parts.metrics.gauge(metric::kInboxHooks, {{"source", source.name}})
                .set(static_cast<double>(hooks));
        }
    }

    void forget_hooks(std::int64_t source) {
        std::lock_guard lock(inbox_mutex);
        inbox.forget(source);
    }

    const WebParts parts;
    InboxStore writer_store;
    std::mutex inbox_mutex;
    control::Inbox inbox;  // to look into, and to forget; under inbox_mutex
    ApiParts api;
    Auth auth;
    Router router;
    HookDoor door;
    Front front;
    std::unique_ptr<http::Server> server;
};

WebServer::WebServer(WebOptions options, const WebParts& parts)
    : inside_(std::make_unique<Inside>(std::move(options), parts)) {}

WebServer::~WebServer() = default;

std::uint16_t WebServer::port() const { return inside_->server->port(); }

}  // namespace ringtail::web
