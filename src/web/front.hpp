#pragma once
#include <string>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "web/auth.hpp"
#include "web/pool.hpp"
#include "web/router.hpp"

namespace ringtail::web {

// Everything but the hooks: finds the route, checks the key, lets the handler run on a pool, turns
// errors into JSON. Each answer carries X-Request-Id, the client's own where it sent a sound one.
class Front {
  public:
    Front(const Router& router, Auth& auth, Metrics& metrics, Logger& log, unsigned threads,
          std::size_t queue);

    // Called on an I/O thread, does not block.
    void handle(http::ServerRequest request, const http::Responder& responder);

  private:
    http::Answer answer(const Route& route, const Request& request);
    void send(const http::Responder& responder, const std::string& id, http::Answer answer);

    const Router& router_;
    Auth& auth_;
    Metrics& metrics_;
    Logger& log_;
    Pool pool_;
};

}  // namespace ringtail::web
