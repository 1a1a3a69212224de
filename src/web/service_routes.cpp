#include "web/service_routes.hpp"

#include <exception>
#include <utility>

#include "web/answers.hpp"
#include "web/json_out.hpp"
#include "web/openapi.hpp"

namespace ringtail::web {
namespace {

http::Answer ready(const std::function<std::string()>& trouble) {
    std::string why;
    try {
        why = trouble();
    } catch (const std::exception& error) {
        why = error.what();
    }
    if (!why.empty()) return busy(503, "not_ready", why, std::chrono::seconds(5));
    return json_answer(JsonObject().flag("ready", true).done());
}

}  // namespace

void add_service_routes(Router& router, std::function<std::string()> trouble,
                        std::function<std::string()> metrics) {
    router.add("GET", "/healthz", Access::open, "The process answers")
        .gives("Health")
        .does([](const Request&) { return json_answer(R"({"alive":true})"); });
    router.add("GET", "/readyz", Access::open, "It can read its store and store webhooks")
        .gives("Readiness")
        .does([trouble = std::move(trouble)](const Request&) { return ready(trouble); });
    router.add("GET", "/metrics", Access::metrics, "Numbers for Prometheus")
        .does([metrics = std::move(metrics)](const Request&) {
            auto answer = json_answer(metrics());
            answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
            return answer;
        });
    router.add("GET", "/api/v1/openapi.json", Access::open, "This description")
        .gives("OpenApi")
        .does([&router](const Request&) { return json_answer(openapi_json(router)); });
}

}  // namespace ringtail::web
