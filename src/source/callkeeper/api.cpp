#include "source/callkeeper/api.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "http/url.hpp"
#include "source/callkeeper/answer.hpp"

namespace ringtail::callkeeper {
namespace {

http::ClientOptions client_options(const Options& options) {
    http::ClientOptions client;
    client.max_in_flight = std::max({1U, options.settle_in_flight, options.history_in_flight});
    client.first_pause = options.retry_pause;
    client.stall_timeout = options.stall_timeout;
    return client;
}

std::string api_time(Instant at) { return format_time(at).substr(0, 19); }

}  // namespace

std::optional<ApiAnswer> Pending::wait(const std::stop_token& stop) {
    http::Response response = http::wait(future_, stop);
    const auto refusal = response.status == 200 && response.body.size() > 4096
                             ? std::nullopt
                             : refusal_in(response.body);
    if (response.status == 200 && !refusal) return ApiAnswer{std::move(response.body), asked_};
    if (may_be_unknown_ && response.status == 404) return std::nullopt;
    throw refusal_error(response.status, refusal.value_or(response.body), what_);
}

Api::Api(const Options& options, Clock& clock, Logger& log)
    : options_(options), clock_(clock), log_(log) {}

// One that still asks is not kept: what it asks for is given up with it.
Api::~Api() {
    if (client_ && options_.clients && *open_ == 0)
        options_.clients->give_back(client_options(options_), std::move(client_));
}

Pending Api::start(std::string_view method, const Parameters& parameters, std::string what) {
    http::Request request;
    request.method = "POST";
    request.url = fmt::format("{}/{}", options_.api, method);
    request.headers = {"Content-Type: application/x-www-form-urlencoded"};
    request.body = "api_key=" + http::percent_encode(options_.api_key);
    for (const auto& [name, value] : parameters)
        request.body +=
            fmt::format("&{}={}", http::percent_encode(name), http::percent_encode(value));
    request.check = [](const http::Response& response) { require_whole(response.body); };
    Pending pending;
    pending.what_ = std::move(what);
    pending.asked_ = clock_.now();
    if (!client_) {
        const auto client = client_options(options_);
        client_ = options_.clients ? options_.clients->take(client, log_)
                                   : std::make_unique<http::Client>(client, log_);
        before_ = client_->stats().requests;
    }
    ++*open_;
    request.ended = [open = open_] { --*open; };
    pending.future_ = client_->start(std::move(request));
    return pending;
}

Pending Api::user_info() { return start("getUserInfo", {}, "getUserInfo"); }

Pending Api::calls(Instant from, Instant to) {
    return start(options_.method,
                 {{"date[from]", api_time(from)}, {"date[to]", api_time(to)}, {"time_zone", "UTC"}},
                 fmt::format("{} from {} to {}", options_.method, api_time(from), api_time(to)));
}

Pending Api::call(std::int64_t id) {
    Pending pending = start("getCallInfo", {{"id_call", std::to_string(id)}},
                            fmt::format("getCallInfo of {}", id));
    pending.may_be_unknown_ = true;
    return pending;
}

}  // namespace ringtail::callkeeper
