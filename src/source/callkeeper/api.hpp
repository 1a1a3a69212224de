#pragma once
#include <atomic>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/client.hpp"
#include "source/callkeeper/options.hpp"

namespace ringtail::callkeeper {

struct ApiAnswer {
    std::string body;  // one whole JSON document, no refusal
    Instant at;        // when it was asked for: what it says may be that old
};

// An answer that will come.
class Pending {
  public:
    Pending() = default;
    bool valid() const { return future_.valid(); }
    // Nothing when CallKeeper does not know the call that was asked for. Throws the errors of
    // refusal_error(), Error(transient) or Error(throttled) when the attempts ran out,
    // Error(stopped).
    std::optional<ApiAnswer> wait(const std::stop_token& stop);

  private:
    friend class Api;
    std::future<http::Response> future_;
    std::string what_;  // names the request in messages
    Instant asked_;
    bool may_be_unknown_ = false;
};

// The reading methods of facts/callkeeper.md A2. Every call only queues its request. The key goes
// into the request's body, so that no proxy logs it. For one thread at a time.
class Api {
  public:
    Api(const Options& options, Clock& clock, Logger& log);
    ~Api();
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    Pending user_info();
    // All calls from `from` until `to`; whether CallKeeper takes the ends as in it is not known.
    Pending calls(Instant from, Instant to);
    Pending call(std::int64_t id);

    std::uint64_t requests() const { return client_ ? client_->stats().requests - before_ : 0; }

  private:
    using Parameters = std::vector<std::pair<std::string_view, std::string>>;
    Pending start(std::string_view method, const Parameters& parameters, std::string what);

    const Options& options_;
    Clock& clock_;
    Logger& log_;
    std::unique_ptr<http::Client> client_;  // from the first request on: most webhooks need none
    std::uint64_t before_ = 0;              // requests it had made for others
    // Requests without an answer yet; the client counts them down.
    std::shared_ptr<std::atomic<int>> open_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace ringtail::callkeeper
