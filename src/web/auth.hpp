#pragma once
#include <functional>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "control/api_keys.hpp"
#include "http/server.hpp"
#include "web/router.hpp"

namespace ringtail::web {

// Whether a program on this very machine asks us directly: from a loopback address, for a loopback
// name (a page in a browser that reaches us by a name of its own does not count), and not through a
// proxy.
bool is_local(const http::ServerRequest& request);

// The key in "Authorization: Bearer rt_…"; nothing when there is none.
std::optional<std::string_view> bearer_key(const http::ServerRequest& request);

// Decides who may call what. There is no way into the API without a key, on loopback neither: a
// proxy on this machine would otherwise open it to the network. `ringtail key add` makes keys.
// Answers 401 and 403 say what to do. Safe to use from any thread; blocks.
class Auth {
  public:
    Auth(control::ApiKeys& keys, Clock& clock) : keys_(keys), clock_(clock) {}

    // Nothing: go on.
    std::optional<http::Answer> refuse(const http::ServerRequest& request, Access access);

  private:
    control::ApiKeys& keys_;
    Clock& clock_;
};

}  // namespace ringtail::web
