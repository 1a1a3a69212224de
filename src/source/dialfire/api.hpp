#pragma once
#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "http/client.hpp"
#include "source/dialfire/options.hpp"
#include "source/dialfire/stamps.hpp"

namespace ringtail::dialfire {

// An answer that will come. Waiting throws Error(auth) for 401 and 403, Error(config) for a
// campaign that is not there, Error(transient) or Error(throttled) when the attempts ran out,
// Error(stopped).
class Answer {
  public:
    Answer() = default;
    Answer(std::future<http::Response> future, std::string what, bool has_cursor)
        : future_(std::move(future)), what_(std::move(what)), has_cursor_(has_cursor) {}
    bool valid() const { return future_.valid(); }
    // The body; nothing when the cursor is no longer accepted (any other 4xx to a request with a
    // cursor, assumption G-10).
    std::optional<http::Response> wait(std::stop_token stop);

  private:
    std::future<http::Response> future_;
    std::string what_;  // names the call in messages
    bool has_cursor_ = false;
};

// The five calls of facts/dialfire.md A.2. Every call only queues its request; the client keeps the
// right number in flight. A 200 whose body is not one whole JSON document is asked for again.
class Api {
  public:
    Api(const Options& options, Clock& clock, Logger& log);

    Answer fields();
    Answer contact_list(const std::optional<std::string>& since, const std::string& cursor);
    // `expected` tells what is already known of the contacts asked for: an answer that is older
    // than that is asked for again.
    Answer contacts(std::span<const std::string> ids, std::shared_ptr<StampCheck> expected);
    Answer events(const std::optional<Instant>& from, Instant to, const std::string& cursor);
    Answer inbound_calls(const std::optional<Instant>& from, Instant to, const std::string& cursor);

    // The clock's now or the service's, whichever is earlier (latest): its Date header, where it
    // differs by over two seconds.
    Instant earlier_now() const;
    Instant later_now() const;
    void learn_time(const http::Response& response);
    http::ClientStats stats() const { return client_.stats(); }

  private:
    http::Request get(const std::string& path, const std::string& query, char top) const;
    Answer start(http::Request request, std::string what, bool has_cursor);

    const Options& options_;
    Clock& clock_;
    http::Client client_;
    std::chrono::microseconds ahead_{0};  // the service's clock less ours
};

}  // namespace ringtail::dialfire
