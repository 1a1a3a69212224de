#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "control/inbox.hpp"
#include "control/store.hpp"
#include "http/server.hpp"
#include "web/actions.hpp"
#include "web/hooks.hpp"

namespace ringtail::web {

struct WebOptions {
    http::ServerOptions server;  // address, port, limits; its max_body_bytes is for all requests
    HookOptions hooks;           // hooks.read must be set
    unsigned threads = 4;        // that answer the API
    std::size_t queue = 64;      // requests that wait for them; beyond: 503
    std::string inbox;           // …/inbox.db
    control::InboxOptions inbox_options;
    std::string public_url;  // "https://hooks.example.com", in front of hook addresses; or ""
};

// What the web server works on; all of it must outlive the server.
struct WebParts {
    control::Store& store;
    Actions& actions;
    Metrics& metrics;
    Clock& clock;
    Logger& log;
};

// The service's HTTP side: /hooks/…, /api/v1/…, /healthz, /readyz, /metrics (docs/api.md and
// docs/hooks.md). Answers from its construction until its destruction, which stores and answers the
// hooks that were taken.
class WebServer {
  public:
    // Lets the process open as many files as the connections need, where the system allows it.
    // Error(config) when it cannot listen there, or the inbox cannot be opened.
    WebServer(WebOptions options, const WebParts& parts);
    ~WebServer();
    WebServer(const WebServer&) = delete;
    WebServer& operator=(const WebServer&) = delete;

    std::uint16_t port() const;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace ringtail::web
