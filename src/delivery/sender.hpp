#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "control/outbox.hpp"
#include "http/client.hpp"

namespace ringtail::delivery {

// What came of one attempt.
struct Answered {
    std::int64_t number = 0;  // of the delivery
    control::Attempt attempt;
    std::optional<std::chrono::milliseconds> retry_after;
};

// Makes attempts, many at once.
class Sender {
  public:
    virtual ~Sender() = default;
    virtual void send(const control::Delivery& delivery, Instant now) = 0;
    // Those that have ended since the last call.
    virtual std::vector<Answered> answers() = 0;
};

struct ReceiverOptions {
    std::string url;                   // secret: it may hold a user and password
    std::vector<std::string> headers;  // "Name: value"; secret
    std::string signing_key;           // empty: not signed
    std::string client_certificate, client_key;
    unsigned in_flight = 16;
    std::chrono::milliseconds timeout{30'000};  // of one attempt
    http::Reach reach = http::Reach::anywhere;
};

// POSTs over HTTP. send() and answers() belong to one thread, wake() to any.
class HttpSender final : public Sender {
  public:
    HttpSender(ReceiverOptions options, Clock& clock, Logger& log);
    void send(const control::Delivery& delivery, Instant now) override;
    std::vector<Answered> answers() override;

    // Waits until an attempt has ended, wake() was called, or `most` is over.
    void wait(std::chrono::milliseconds most);
    void wake();

  private:
    struct UnderWay {
        Instant at;
        std::future<http::Response> response;
    };
    Answered outcome(std::int64_t number, UnderWay under_way);

    const ReceiverOptions options_;
    Clock& clock_;
    std::map<std::int64_t, UnderWay> under_way_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::int64_t> ended_;
    bool woken_ = false;
    http::Client client_;  // last: its thread uses what is above
};

}  // namespace ringtail::delivery
