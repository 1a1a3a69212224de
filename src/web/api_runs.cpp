#include <fmt/format.h>

#include "web/answers.hpp"
#include "web/api.hpp"
#include "web/body.hpp"
#include "web/json_out.hpp"
#include "web/shapes.hpp"

namespace ringtail::web {
namespace {

using control::RunRecord;

std::function<http::Answer(const Request&)> of_run(
    ApiParts& parts, std::function<http::Answer(const RunRecord&)> handle) {
    return [&parts, handle = std::move(handle)](const Request& request) {
        const auto number = number_part(request, "run");
        const auto run = number ? parts.store.runs().find(*number) : std::nullopt;
        if (!run) return no_such("run", request.part("run"));
        return handle(*run);
    };
}

std::string shown(ApiParts& parts, const RunRecord& run) {
    const auto source = parts.store.sources().find(run.source);
    const auto job = run.job ? parts.store.jobs().find(*run.job) : std::nullopt;
    return run_json(run, source ? source->name : "", job ? job->name : "");
}

http::Answer list(ApiParts& parts, const Request& request) {
    std::optional<std::int64_t> source;
    if (const auto name = request.http.parameter("source")) {
        const auto found = parts.store.sources().find(*name);
        if (!found) return no_such("source", *name);
        source = found->number;
    }
    const auto job = number_parameter(request, "job");
    JsonArray items;
    for (const auto& run : parts.store.runs().open(source))
        if (!job || run.job == job) items.add(shown(parts, run));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

// The run as it is now, or why it cannot be as wished.
http::Answer changed(ApiParts& parts, const RunRecord& run, bool done, std::string_view wish) {
    if (!done)
        return refusal(
            409, "wrong_state",
            fmt::format("run {} is {} and cannot be {}", run.number, name_of(run.state), wish));
    parts.actions.wake();
    return json_answer(shown(parts, parts.store.runs().find(run.number).value_or(run)));
}

}  // namespace

void add_run_routes(Router& router, ApiParts& parts) {
    const auto one = [&](auto handle) { return of_run(parts, std::move(handle)); };
    router
        .add("GET", "/api/v1/runs", Access::read,
             "Runs that are queued, running or paused; the journal has the others")
        .asks({{"source", "string", "only those of this source"},
               {"job", "integer", "only those of this job"}})
        .gives("Runs")
        .does([&](const Request& request) { return list(parts, request); });
    router.add("GET", "/api/v1/runs/{run}", Access::read, "One run, with its progress")
        .gives("Run")
        .does(one([&](const RunRecord& run) { return json_answer(shown(parts, run)); }));
    router
        .add("POST", "/api/v1/runs/{run}/cancel", Access::manage,
             "End it; what it has loaded stays")
        .gives("Run")
        .does(one([&](const RunRecord& run) {
            const auto state = parts.store.runs().cancel(run.number, parts.clock.now());
            return changed(parts, run, state.has_value(), "cancelled");
        }));
    router.add("POST", "/api/v1/runs/{run}/pause", Access::manage, "Let it rest where it is")
        .gives("Run")
        .does(one([&](const RunRecord& run) {
            const auto state = parts.store.runs().pause(run.number, parts.clock.now());
            return changed(parts, run, state.has_value(), "paused");
        }));
    router.add("POST", "/api/v1/runs/{run}/resume", Access::manage, "Let it go on")
        .gives("Run")
        .does(one([&](const RunRecord& run) {
            const bool done = parts.store.runs().resume(run.number, parts.clock.now());
            return changed(parts, run, done, "resumed");
        }));
}

}  // namespace ringtail::web
