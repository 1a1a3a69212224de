#include "web/front.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <random>

#include "web/answers.hpp"

namespace ringtail::web {
namespace {

constexpr std::size_t kLongestId = 64;

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
}

std::string request_id(const http::ServerRequest& request) {
    const auto given = request.header("x-request-id").value_or("");
    if (!given.empty() && given.size() <= kLongestId && std::ranges::all_of(given, is_plain))
        return std::string(given);
    thread_local std::mt19937_64 random{std::random_device{}()};
    return fmt::format("{:016x}", random());
}

http::Answer not_found() {
    return refusal(404, "not_found", "there is nothing at this path",
                   "GET /api/v1/openapi.json lists what there is");
}

}  // namespace

Front::Front(const Router& router, Auth& auth, Metrics& metrics, Logger& log, unsigned threads,
             std::size_t queue)
    : router_(router), auth_(auth), metrics_(metrics), log_(log), pool_(threads, queue) {}

void Front::send(const http::Responder& responder, const std::string& id, http::Answer answer) {
    metrics_.counter(metric::kApi, {{"code", std::to_string(answer.status)}}).add();
    answer.headers.emplace_back("X-Request-Id", id);
    answer.headers.emplace_back("X-Content-Type-Options", "nosniff");
    responder.send(std::move(answer));
}

void Front::handle(http::ServerRequest request, const http::Responder& responder) {
    auto id = request_id(request);
    auto match = router_.match(request.method, request.path);
    if (match.route == nullptr && match.allow.empty()) return send(responder, id, not_found());
    if (match.route == nullptr) {
        auto answer =
            refusal(405, "method_not_allowed", fmt::format("this path takes {}", match.allow));
        answer.headers.emplace_back("Allow", match.allow);
        return send(responder, id, std::move(answer));
    }
    const auto kept = std::make_shared<const Request>(
        Request{std::move(request), std::move(match.parts), std::move(id)});
    const bool taken = pool_.submit([this, kept, responder, route = match.route] {
        send(responder, kept->id, answer(*route, *kept));
    });
    if (!taken)
        send(responder, kept->id,
             busy(503, "too_busy", "too many requests at once", std::chrono::seconds(1)));
}

http::Answer Front::answer(const Route& route, const Request& request) {
    try {
        if (auto refused = auth_.refuse(request.http, route.access)) return std::move(*refused);
        return route.handle(request);
    } catch (const Error& error) {
        auto answer = answer_of(error);
        if (answer.status >= 500)
            log_.error(fmt::format("{} {} failed: {} request={}", route.method, route.pattern,
                                   error.what(), request.id));
        return answer;
    } catch (const std::exception& error) {
        log_.error(fmt::format("{} {} failed: {} request={}", route.method, route.pattern,
                               error.what(), request.id));
        return answer_of(Error(Fault::bug, ""));
    }
}

}  // namespace ringtail::web
