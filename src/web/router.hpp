#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"

namespace ringtail::web {

// Who may call a route.
enum class Access : std::uint8_t {
    open,     // anybody
    metrics,  // whoever has a key, and programs on this machine
    read,     // whoever has a key
    manage,   // whoever has a key with the scope manage
};
std::string_view name_of(Access access);

// A request that a route takes.
struct Request {
    http::ServerRequest http;
    std::vector<std::pair<std::string, std::string>> parts;  // of the path, decoded
    std::string id;  // of the request: in the log and in X-Request-Id

    // The part that the pattern calls `name`.
    const std::string& part(std::string_view name) const;
};

// One parameter after the question mark, for the API's description.
struct Parameter {
    std::string_view name, type, text;  // type: string, integer or date-time
};

// A method and a path that can be called. The words are for the API's description (openapi.hpp)
// and must be literals.
struct Route {
    std::string_view method, pattern;  // "/api/v1/sources/{source}"
    Access access = Access::manage;
    std::string_view summary;
    std::string_view body;    // the schema of what is sent; "": nothing is
    std::string_view answer;  // the schema of what is answered; "": it is not JSON
    int status = 200;         // when all is well
    std::vector<Parameter> query;
    std::function<http::Answer(const Request&)> handle;  // may block, may throw Error

    Route& takes(std::string_view schema);
    Route& asks(std::vector<Parameter> parameters);
    Route& gives(std::string_view schema, int good_status = 200);
    Route& does(std::function<http::Answer(const Request&)> handler);
};

// Which route takes a request. Filled once, then read from any thread.
class Router {
  public:
    // The new route, to say the rest of it; good until the next one is added. Error(bug) when there
    // is one with this method and pattern already.
    Route& add(std::string_view method, std::string_view pattern, Access access,
               std::string_view summary);
    std::span<const Route> routes() const { return routes_; }

    struct Match {
        const Route* route = nullptr;  // nothing: see `allow`
        std::vector<std::pair<std::string, std::string>> parts;
        std::string allow;  // the methods that the path takes; "": there is no such path
    };
    // HEAD goes to the route for GET.
    Match match(std::string_view method, std::string_view path) const;

  private:
    std::vector<Route> routes_;
};

}  // namespace ringtail::web
