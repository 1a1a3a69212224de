#include "web/answers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "web/json_out.hpp"

namespace ringtail::web {

http::Answer json_answer(std::string body, int status) {
    http::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.headers.emplace_back("Cache-Control", "no-store");
    return answer;
}

http::Answer refusal(int status, std::string_view code, std::string_view message,
                     std::string_view hint) {
    JsonObject error;
    error.text("code", code).text("message", message).text_or_null("hint", hint);
    return json_answer(JsonObject().raw("error", error.done()).done(), status);
}

http::Answer busy(int status, std::string_view code, std::string_view message,
                  std::chrono::milliseconds retry_after) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after).count();
    const std::string wait = std::to_string(std::max<long>(1, seconds));
    auto answer = refusal(status, code, message, fmt::format("try again in {} s", wait));
    answer.headers.emplace_back("Retry-After", wait);
    return answer;
}

http::Answer no_such(std::string_view kind, std::string_view name) {
    return refusal(404, "not_found", fmt::format("there is no {} \"{}\"", kind, name),
                   fmt::format("GET /api/v1/{}s lists what there is", kind));
}

http::Answer answer_of(const Error& error) {
    switch (error.fault()) {
        case Fault::config:
            return refusal(400, "invalid", error.what(), error.hint());
        case Fault::transient:
        case Fault::throttled:
        case Fault::stopped:
            return busy(503, "unavailable", error.what(),
                        error.retry_after().value_or(std::chrono::seconds(5)));
        case Fault::auth:
            return refusal(502, "refused_upstream", error.what(), error.hint());
        case Fault::data:
            return refusal(502, "bad_upstream", error.what(), error.hint());
        case Fault::bug:
            break;
    }
    return refusal(500, "internal", "something went wrong here",
                   "the service's log says what; it names the request's X-Request-Id");
}

}  // namespace ringtail::web
