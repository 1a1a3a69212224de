#include <fmt/format.h>
#include <fmt/ranges.h>

#include "web/answers.hpp"
#include "web/api.hpp"
#include "web/body.hpp"
#include "web/json_out.hpp"
#include "web/shapes.hpp"

namespace ringtail::web {
namespace {

using control::JobRecord;

std::function<http::Answer(const Request&)> of_job(
    ApiParts& parts, std::function<http::Answer(const Request&, JobRecord)> handle) {
    return [&parts, handle = std::move(handle)](const Request& request) {
        const auto number = number_part(request, "job");
        auto job = number ? parts.store.jobs().find(*number) : std::nullopt;
        if (!job) return no_such("job", request.part("job"));
        return handle(request, std::move(*job));
    };
}

std::string shown(ApiParts& parts, const JobRecord& job) {
    const auto source = parts.store.sources().find(job.source);
    return job_json(job, source ? source->name : "");
}

http::Answer list(ApiParts& parts, const Request& request) {
    std::optional<std::int64_t> source;
    if (const auto name = request.http.parameter("source")) {
        const auto found = parts.store.sources().find(*name);
        if (!found) return no_such("source", *name);
        source = found->number;
    }
    JsonArray items;
    for (const auto& job : parts.store.jobs().list(source)) items.add(shown(parts, job));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

// What the body says about a job, over what it is.
void read(const Body& body, JobRecord& job) {
    if (const auto name = body.text("name")) job.name = *name;
    if (const auto settings = body.object("settings")) job.settings = *settings;
    if (const auto schedule = body.text("schedule")) job.schedule = *schedule;
    if (const auto enabled = body.flag("enabled")) job.enabled = *enabled;
    if (!body.has("last_days")) return;
    const auto days = body.number("last_days");
    if (days && (*days < 1 || *days > 36'500))
        throw Error(Fault::config, "\"last_days\" must be between 1 and 36500");
    job.last_days = days ? std::optional(static_cast<unsigned>(*days)) : std::nullopt;
}

bool is_taken(ApiParts& parts, const JobRecord& job) {
    const auto other = parts.store.jobs().find(job.source, job.name);
    return other && other->number != job.number;
}

http::Answer exists(const JobRecord& job) {
    return refusal(409, "exists", fmt::format("the source has a job \"{}\" already", job.name));
}

// Nothing where the change may be made: it takes nothing away, or the body says "confirm".
std::optional<http::Answer> unconfirmed(ApiParts& parts, const Body& body,
                                        const std::string& before, const JobRecord& job) {
    const bool is_confirmed = body.flag("confirm").value_or(false);
    const bool is_asked = job.kind == control::JobKind::report && job.settings != before;
    if (is_confirmed || !is_asked) return std::nullopt;
    const auto change = parts.actions.change(before, job);
    if (!change.takes_away) return std::nullopt;
    return refusal(409, "takes_away",
                   fmt::format("the rule takes something away: {}", fmt::join(change.words, "; ")),
                   "send \"confirm\": true with it; no table or column is dropped even then");
}

http::Answer add(ApiParts& parts, const Request& request) {
    const Body body(request, {"source", "name", "kind", "settings", "schedule", "enabled",
                              "last_days", "confirm"});
    const auto source = parts.store.sources().get(body.wanted("source"));
    const auto kind = control::job_kind_of(body.wanted("kind"));
    if (!kind)
        throw Error(Fault::config, "\"kind\" must be load, history, report or another kind")
            .with_hint("docs/jobs.md lists the kinds");
    JobRecord job;
    job.source = source.number;
    job.kind = *kind;
    job.name = body.wanted("name");
    job.created = parts.clock.now();
    read(body, job);
    if (is_taken(parts, job)) return exists(job);
    const JobRecord planned = parts.actions.planned(job);
    if (auto answer = unconfirmed(parts, body, "", planned)) return std::move(*answer);
    job.number = parts.store.jobs().add(planned, parts.clock.now());
    parts.actions.wake();
    auto answer = json_answer(shown(parts, parts.store.jobs().find(job.number).value_or(job)), 201);
    answer.headers.emplace_back("Location", fmt::format("/api/v1/jobs/{}", job.number));
    return answer;
}

http::Answer store(ApiParts& parts, const JobRecord& job) {
    const auto planned = parts.actions.planned(job);
    parts.store.jobs().update(planned);
    parts.actions.wake();
    return json_answer(shown(parts, planned));
}

http::Answer edit(ApiParts& parts, const Request& request, JobRecord job) {
    const Body body(request, {"name", "settings", "schedule", "enabled", "last_days", "confirm"});
    const std::string before = job.settings;
    read(body, job);
    if (is_taken(parts, job)) return exists(job);
    if (auto answer = unconfirmed(parts, body, before, parts.actions.planned(job)))
        return std::move(*answer);
    return store(parts, job);
}

http::Answer remove(ApiParts& parts, const JobRecord& job) {
    const auto run = parts.store.runs().latest(job.number);
    if (run && run->state == control::RunState::running)
        return refusal(409, "running", fmt::format("run {} of it is running", run->number),
                       fmt::format("POST /api/v1/runs/{}/cancel, then try again", run->number));
    parts.store.jobs().remove(job.number);
    return json_answer("", 204);
}

http::Answer run_now(ApiParts& parts, const Request& request, const JobRecord& job) {
    const Body body(request, {"from", "to"});
    control::RunRequest wanted;
    wanted.job = job.number;
    wanted.period = {body.time("from"), body.time("to")};
    if (wanted.period.from && wanted.period.to && *wanted.period.from >= *wanted.period.to)
        throw Error(Fault::config, "\"from\" must be before \"to\"");
    const auto number = parts.store.runs().enqueue(wanted, parts.clock.now());
    if (!number)
        return refusal(409, "open", "a run of this job is queued, running or paused already",
                       fmt::format("GET /api/v1/runs?job={} shows it", job.number));
    parts.actions.wake();
    const auto run = parts.store.runs().find(*number);
    const auto source = parts.store.sources().find(job.source);
    if (!run || !source) return no_such("run", std::to_string(*number));
    auto answer = json_answer(run_json(*run, source->name, job.name), 202);
    answer.headers.emplace_back("Location", fmt::format("/api/v1/runs/{}", *number));
    return answer;
}

}  // namespace

void add_job_routes(Router& router, ApiParts& parts) {
    const auto one = [&](auto handle) { return of_job(parts, std::move(handle)); };
    router.add("GET", "/api/v1/jobs", Access::read, "All jobs")
        .asks({{"source", "string", "only those of this source"}})
        .gives("Jobs")
        .does([&](const Request& request) { return list(parts, request); });
    router.add("POST", "/api/v1/jobs", Access::manage, "Add a job")
        .takes("NewJob")
        .gives("Job", 201)
        .does([&](const Request& request) { return add(parts, request); });
    router.add("GET", "/api/v1/jobs/{job}", Access::read, "One job")
        .gives("Job")
        .does(one(
            [&](const Request&, const JobRecord& job) { return json_answer(shown(parts, job)); }));
    router.add("PATCH", "/api/v1/jobs/{job}", Access::manage, "Change what is given")
        .takes("JobChange")
        .gives("Job")
        .does(one([&](const Request& request, JobRecord job) {
            return edit(parts, request, std::move(job));
        }));
    router.add("DELETE", "/api/v1/jobs/{job}", Access::manage, "Forget it with its runs")
        .gives("", 204)
        .does(one([&](const Request&, const JobRecord& job) { return remove(parts, job); }));
    router.add("POST", "/api/v1/jobs/{job}/pause", Access::manage, "Do not run it by schedule")
        .gives("Job")
        .does(one([&](const Request&, JobRecord job) {
            job.enabled = false;
            return store(parts, job);
        }));
    router.add("POST", "/api/v1/jobs/{job}/resume", Access::manage, "Run it by schedule again")
        .gives("Job")
        .does(one([&](const Request&, JobRecord job) {
            job.enabled = true;
            return store(parts, job);
        }));
    router.add("POST", "/api/v1/jobs/{job}/run", Access::manage, "Run it now")
        .takes("RunRequest")
        .gives("Run", 202)
        .does(one([&](const Request& request, const JobRecord& job) {
            return run_now(parts, request, job);
        }));
}

}  // namespace ringtail::web
