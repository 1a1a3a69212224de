#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"

namespace ringtail::http {

// One request as it arrived, whole.
struct ServerRequest {
    std::string method;  // upper case
    std::string target;  // path and query as sent
    std::string path;    // of the target, as sent
    std::vector<std::pair<std::string, std::string>>
        query;  // decoded (a plus stays a plus), in order
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;
    std::string peer;  // the address at the connection's other end, such as "127.0.0.1"

    // The first of that name; nothing when there is none. `name` of a header in lower case.
    std::optional<std::string_view> header(std::string_view name) const;
    std::optional<std::string_view> parameter(std::string_view name) const;
};

// How an answer travels. Everything but the default is misbehaviour, for stand-ins and tests.
struct Delivery {
    std::chrono::milliseconds delay{0};  // before the first byte
    std::size_t slice_bytes = 0;         // above 0: the body goes out in slices of this size …
    std::chrono::milliseconds slice_pause{0};  // … with this pause before each but the first
    std::optional<std::size_t> cut_after;      // ends the connection after so many body bytes
    enum class Cut : std::uint8_t {
        reset,
        close
    } cut = Cut::reset;  // reset: TCP RST; close: an orderly FIN
    std::optional<std::size_t>
        announced_bytes;  // a Content-Length other than the body's; the connection closes after it
};

struct Answer {
    int status = 200;
    std::string content_type = "application/json; charset=utf-8";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    // When set, the answer goes out chunked after `body`: each call appends the next piece (not
    // empty) and returns whether there is more to come. Called on an I/O thread, only when the
    // piece before has been written.
    std::function<bool(std::string& piece)> more;
    bool compress =
        true;  // gzip when the client offers it; never with `more` or a Delivery that cuts or lies
    Delivery delivery;
    std::shared_ptr<void>
        hold;  // let go when the answer has been written or the connection is gone
};

class Session;

// The right to answer one request, once, from any thread. A handle: copies mean the same request.
// When the last copy goes without an answer, the connection is closed.
class Responder {
  public:
    explicit Responder(std::weak_ptr<Session> session);
    // The second and any later answer is ignored. Does not block.
    void send(Answer answer) const;

  private:
    struct Exchange;
    std::shared_ptr<Exchange> exchange_;
};

// Called on an I/O thread: be quick, or keep the responder and answer later from elsewhere. An
// exception becomes a 500.
using Handler = std::function<void(ServerRequest request, Responder responder)>;

struct ServerOptions {
    std::string address = "127.0.0.1";  // IPv4 or IPv6
    std::uint16_t port = 0;             // 0: any free one
    unsigned threads = 1;
    std::size_t max_header_bytes = 32U << 10U;  // above: 431, and the connection closes
    std::size_t max_body_bytes = 8U << 20U;     // above: 413, and the connection closes
    std::size_t max_connections = 1024;         // a new one beyond closes the idlest or slowest
    std::chrono::milliseconds read_timeout{30'000};   // for a request to arrive whole
    std::chrono::milliseconds idle_timeout{120'000};  // for the next request to begin
    std::chrono::milliseconds write_timeout{60'000};  // for each write to be taken
    int gzip_level = 1;                               // 0: never
    std::size_t gzip_min_bytes = 1024;                // shorter bodies are not worth it
};

class ServerEngine;

// An HTTP/1.1 server on one address. Listens as soon as it is constructed; the destructor closes
// all connections (also of answers still owed) and waits for its threads.
class Server {
  public:
    // Error(config) when the address is not ours or the port is taken.
    Server(ServerOptions options, Handler handler, Logger& log);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    std::uint16_t port() const;
    std::size_t connections() const;  // open at this moment

  private:
    std::shared_ptr<ServerEngine> engine_;
};

}  // namespace ringtail::http
