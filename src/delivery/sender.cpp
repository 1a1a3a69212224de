#include "delivery/sender.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "delivery/signing.hpp"
#include "http/retry_rule.hpp"

namespace ringtail::delivery {
namespace {

constexpr std::size_t kMostAnswer = 64U << 10U;  // read of an answer; 2xx counts all the same
constexpr std::size_t kKeptOfFailure = 1'000, kKeptOfSuccess = 200;

http::ClientOptions client_options(const ReceiverOptions& options) {
    http::ClientOptions client;
    client.max_in_flight = options.in_flight;
    client.repeats = false;
    client.connect_timeout = std::min(client.connect_timeout, options.timeout);
    client.stall_timeout = client.total_timeout = options.timeout;
    client.max_body_bytes = kMostAnswer;
    client.clip_body = true;
    client.client_certificate = options.client_certificate;
    client.client_key = options.client_key;
    client.reach = options.reach;
    return client;
}

// Text for people: what is no printable ASCII becomes a blank.
std::string clipped(std::string_view text, std::size_t most) {
    std::string out(text.substr(0, most));
    for (char& c : out) {
        if (static_cast<unsigned char>(c) < ' ' || static_cast<unsigned char>(c) > '~') c = ' ';
    }
    return out;
}

}  // namespace

HttpSender::HttpSender(ReceiverOptions options, Clock& clock, Logger& log)
    : options_(std::move(options)), clock_(clock), client_(client_options(options_), log) {}

void HttpSender::send(const control::Delivery& delivery, Instant now) {
    http::Request request;
    request.method = "POST";
    request.url = options_.url;
    request.headers = options_.headers;
    request.headers.emplace_back("Content-Type: application/json");
    request.headers.push_back("Idempotency-Key: " + delivery.message);
    if (!options_.signing_key.empty()) {
        const std::string seconds = std::to_string(
            std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count());
        request.headers.push_back("webhook-id: " + delivery.message);
        request.headers.push_back("webhook-timestamp: " + seconds);
        request.headers.push_back("webhook-signature: " + signature(options_.signing_key,
                                                                    delivery.message, seconds,
                                                                    delivery.body));
    }
    request.body = delivery.body;
    const std::int64_t number = delivery.number;
    request.ended = [this, number] {
        const std::lock_guard lock(mutex_);
        ended_.push_back(number);
        changed_.notify_one();
    };
    under_way_[number] = {now, client_.start(std::move(request))};
}

std::vector<Answered> HttpSender::answers() {
    std::vector<std::int64_t> ended;
    {
        const std::lock_guard lock(mutex_);
        ended.swap(ended_);
    }
    std::vector<Answered> answers;
    for (const std::int64_t number : ended) {
        auto node = under_way_.extract(number);
        if (!node.empty()) answers.push_back(outcome(number, std::move(node.mapped())));
    }
    return answers;
}

Answered HttpSender::outcome(std::int64_t number, UnderWay under_way) {
    Answered answered;
    answered.number = number;
    control::Attempt& attempt = answered.attempt;
    attempt.at = under_way.at;
    attempt.took =
        std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now() - under_way.at);
    try {
        const http::Response response = under_way.response.get();
        attempt.status = response.status;
        attempt.took = response.elapsed;
        const bool good = response.status >= 200 && response.status < 300;
        attempt.answer = clipped(response.body, good ? kKeptOfSuccess : kKeptOfFailure);
        if (const auto location = response.headers.find("location");
            location != response.headers.end() && response.status / 100 == 3) {
            attempt.answer = "redirects are not followed: " + clipped(location->second, 200);
        }
        answered.retry_after = http::retry_after(response, clock_.now());
    } catch (const Error& error) {
        std::string why = error.what();
        if (!error.hint().empty()) why += ". " + error.hint();
        attempt.answer = clipped(why, kKeptOfFailure);
    }
    return answered;
}

void HttpSender::wait(std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, most, [&] { return woken_ || !ended_.empty(); });
    woken_ = false;
}

void HttpSender::wake() {
    const std::lock_guard lock(mutex_);
    woken_ = true;
    changed_.notify_one();
}

}  // namespace ringtail::delivery
