#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/reach.hpp"

namespace ringtail::http {

struct Response {
    int status = 0;
    std::map<std::string, std::string> headers;  // names in lower case; the last of several wins
    std::string body;                            // decompressed
    std::chrono::milliseconds elapsed{0};
};

struct Request {
    std::string method = "GET";
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
    // Runs on the client's thread for each answer with status 200; throws Error(transient) when the
    // answer is not whole (truncated JSON, wrong content type): it then counts as a failed attempt
    // and the request is made again.
    std::function<void(const Response&)> check;
    // One attempt, whose answer is final whatever its status is: where 5xx tells more than "try
    // again". It is sent a second time only where a kept connection ends before any answer, as
    // nobody can tell then whether the server had it.
    bool once = false;
    // Runs on the client's thread when the future has become ready, whatever it holds; must not
    // block or throw. Not when the client is closed.
    std::function<void()> ended;
};

struct ClientOptions {
    unsigned max_in_flight = 16;  // upper bound; fewer after 429 or rising latency
    unsigned attempts = 6;        // per request, before its future fails; 429 and 503 with
                                  // Retry-After are not counted (bounded by max_throttled)
    std::chrono::milliseconds first_pause{500};  // doubles up to last_pause, ±10 % jitter
    std::chrono::milliseconds last_pause{30'000};
    std::chrono::milliseconds max_throttled{
        std::chrono::minutes(15)};  // longest time one request is put off
    std::chrono::milliseconds connect_timeout{10'000};
    std::chrono::milliseconds stall_timeout{30'000};  // no byte either way for that long
    std::chrono::milliseconds total_timeout{300'000};
    std::size_t max_body_bytes = 512U << 20U;
    std::string user_agent = "ringtail/" RINGTAIL_VERSION;
    // False: each request is made once and its answer handed on whatever its status, at once and
    // always max_in_flight at a time; for who keeps its own account of attempts.
    bool repeats = true;
    bool clip_body = false;  // an answer above max_body_bytes is cut there instead of an error
    std::string client_certificate, client_key;  // PEM files for TLS; empty: none
    Reach reach = Reach::anywhere;  // public_only: other connections fail with Error(config)

    bool operator==(const ClientOptions&) const = default;
};

struct ClientStats {
    // Attempts made; repeats among them; answers 429 and 503; bytes of bodies as they travelled.
    std::uint64_t requests = 0, retries = 0, throttled = 0, bytes = 0;
    unsigned in_flight_limit = 0;  // where the adaptive limit stands now
};

// Makes HTTP requests, many at once, on one thread of its own (libcurl's multi interface).
// Keep-alive, gzip, HTTP/2 over TLS where the server has it, proxy from the environment
// (http_proxy, https_proxy, no_proxy; never for loopback addresses), certificates verified (against
// the file SSL_CERT_FILE names, where it is set, instead of the system's). Retries
// here, not in the worker, what can be repeated (connection errors, 5xx, 408, 425, a failed check;
// 429 and 503 after their Retry-After): one failed request out of sixteen must not throw the other
// fifteen away.
class Client {
  public:
    Client(ClientOptions options, Logger& log);
    ~Client();  // requests under way are abandoned; their futures fail with Error(stopped)

    // Queues a request; at most in_flight_limit of them are under way. The future holds any final
    // answer (also 4xx), or throws Error(transient), Error(throttled), Error(config) for a wrong
    // address or an untrusted certificate, Error(data) for an answer above max_body_bytes, or what
    // the check threw. Safe from any thread. Messages name method and path, never query values
    // named token or headers.
    std::future<Response> start(Request request);
    ClientStats stats() const;

  private:
    class Engine;
    std::unique_ptr<Engine> engine_;
};

// A std::future whose waiting ends early with Error(stopped) when `stop` is requested.
Response wait(std::future<Response>& future, const std::stop_token& stop);

}  // namespace ringtail::http
