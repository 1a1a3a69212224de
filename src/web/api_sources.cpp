#include <fmt/format.h>

#include "web/answers.hpp"
#include "web/api.hpp"
#include "web/body.hpp"
#include "web/json_out.hpp"
#include "web/shapes.hpp"

namespace ringtail::web {
namespace {

using control::SourceRecord;

std::string shown(ApiParts& parts, const SourceRecord& source) {
    const auto destination = parts.store.destinations().find(source.destination);
    return source_json(source, destination ? destination->name : "");
}

// Handlers for one source: the route's part {source} looked up.
std::function<http::Answer(const Request&)> of_source(
    ApiParts& parts, std::function<http::Answer(const Request&, SourceRecord)> handle) {
    return [&parts, handle = std::move(handle)](const Request& request) {
        const auto& name = request.part("source");
        auto source = parts.store.sources().find(name);
        if (!source) return no_such("source", name);
        return handle(request, std::move(*source));
    };
}

// The one that is named or, when none is, the only one there is.
std::int64_t destination_of(ApiParts& parts, const std::optional<std::string>& name) {
    if (name) {
        const auto found = parts.store.destinations().find(*name);
        if (found) return found->number;
        throw Error(Fault::config, fmt::format("there is no destination \"{}\"", *name))
            .with_hint("GET /api/v1/destinations lists what there is");
    }
    const auto all = parts.store.destinations().list();
    if (all.size() == 1) return all.front().number;
    throw Error(Fault::config, "\"destination\" must be given")
        .with_hint("GET /api/v1/destinations lists what there is");
}

http::Answer list(ApiParts& parts, const Request&) {
    JsonArray items;
    for (const auto& source : parts.store.sources().list()) items.add(shown(parts, source));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

http::Answer add(ApiParts& parts, const Request& request) {
    const Body body(request, {"name", "kind", "secret", "settings", "destination", "enabled"});
    SourceRecord source;
    source.name = body.wanted("name");
    const auto kind = control::source_kind_of(body.wanted("kind"));
    if (!kind) throw Error(Fault::config, "\"kind\" must be callkeeper or dialfire");
    source.kind = *kind;
    source.settings = body.object("settings").value_or("{}");
    source.destination = destination_of(parts, body.text("destination"));
    source.enabled = body.flag("enabled").value_or(true);
    source.created = parts.clock.now();
    const auto secret = body.wanted("secret");
    if (parts.store.sources().find(source.name))
        return refusal(409, "exists", fmt::format("there is a source \"{}\" already", source.name));
    const auto number = parts.actions.add_source(source, secret);
    parts.actions.wake();
    const auto stored = parts.store.sources().find(number);
    auto answer = json_answer(shown(parts, stored.value_or(source)), 201);
    answer.headers.emplace_back("Location", "/api/v1/sources/" + source.name);
    return answer;
}

http::Answer edit(ApiParts& parts, const Request& request, SourceRecord source) {
    const Body body(request, {"name", "secret", "settings", "destination"});
    if (const auto name = body.text("name"); name && *name != source.name) {
        if (parts.store.sources().find(*name))
            return refusal(409, "exists", fmt::format("there is a source \"{}\" already", *name));
        source.name = *name;
    }
    if (const auto settings = body.object("settings")) source.settings = *settings;
    if (const auto name = body.text("destination"))
        source.destination = destination_of(parts, name);
    parts.actions.edit_source(source);
    if (body.has("secret")) parts.store.sources().set_secret(source.number, body.wanted("secret"));
    parts.actions.wake();
    return json_answer(shown(parts, parts.store.sources().find(source.number).value_or(source)));
}

http::Answer enable(ApiParts& parts, SourceRecord source, bool enabled) {
    parts.store.sources().set_enabled(source.number, enabled);
    parts.actions.wake();
    source.enabled = enabled;
    return json_answer(shown(parts, source));
}

http::Answer remove(ApiParts& parts, const SourceRecord& source) {
    for (const auto& run : parts.store.runs().open(source.number))
        if (run.state == control::RunState::running)
            return refusal(409, "running", fmt::format("run {} is reading it", run.number),
                           fmt::format("POST /api/v1/runs/{}/cancel, then try again", run.number));
    parts.store.sources().remove(source.number);
    parts.forget_hooks(source.number);
    parts.actions.wake();
    return json_answer("", 204);
}

http::Answer check(ApiParts& parts, const SourceRecord& source) {
    const auto verdict = parts.actions.check_source(source);
    return json_answer(JsonObject()
                           .flag("good", verdict.good)
                           .text("message", verdict.message)
                           .text_or_null("hint", verdict.hint)
                           .done());
}

http::Answer tables(ApiParts& parts, const SourceRecord& source) {
    JsonArray items;
    for (const auto& table : parts.actions.tables(source)) items.add(table_json(table));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

http::Answer rejects(ApiParts& parts, const Request& request, const SourceRecord& source) {
    const auto limit = number_parameter(request, "limit").value_or(20);
    if (limit < 1 || limit > 100) throw Error(Fault::config, "\"limit\" must be between 1 and 100");
    JsonArray items;
    for (const auto& reject : parts.rejects(source.number, static_cast<std::size_t>(limit)))
        items.add(reject_json(reject));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

}  // namespace

void add_source_routes(Router& router, ApiParts& parts) {
    const auto one = [&](auto handle) { return of_source(parts, std::move(handle)); };
    router.add("GET", "/api/v1/sources", Access::read, "All sources")
        .gives("Sources")
        .does([&](const Request& request) { return list(parts, request); });
    router.add("POST", "/api/v1/sources", Access::manage, "Connect an account")
        .takes("NewSource")
        .gives("Source", 201)
        .does([&](const Request& request) { return add(parts, request); });
    router.add("GET", "/api/v1/sources/{source}", Access::read, "One source")
        .gives("Source")
        .does(one([&](const Request&, const SourceRecord& source) {
            return json_answer(shown(parts, source));
        }));
    router
        .add("PATCH", "/api/v1/sources/{source}", Access::manage,
             "Change its name, secret, settings (as a whole) or destination")
        .takes("SourceChange")
        .gives("Source")
        .does(one([&](const Request& request, SourceRecord source) {
            return edit(parts, request, std::move(source));
        }));
    router
        .add("DELETE", "/api/v1/sources/{source}", Access::manage,
             "Forget it with its jobs, journal and waiting webhooks; its tables stay")
        .gives("", 204)
        .does(
            one([&](const Request&, const SourceRecord& source) { return remove(parts, source); }));
    router
        .add("POST", "/api/v1/sources/{source}/pause", Access::manage,
             "Run none of its jobs; webhooks are still taken")
        .gives("Source")
        .does(one([&](const Request&, SourceRecord source) {
            return enable(parts, std::move(source), false);
        }));
    router.add("POST", "/api/v1/sources/{source}/resume", Access::manage, "Run its jobs again")
        .gives("Source")
        .does(one([&](const Request&, SourceRecord source) {
            return enable(parts, std::move(source), true);
        }));
    router
        .add("POST", "/api/v1/sources/{source}/check", Access::manage,
             "Ask its service whether the secret is good")
        .gives("Verdict")
        .does(
            one([&](const Request&, const SourceRecord& source) { return check(parts, source); }));
    router
        .add("GET", "/api/v1/sources/{source}/tables", Access::read,
             "Its tables, their columns, and which are chosen")
        .gives("Tables")
        .does(
            one([&](const Request&, const SourceRecord& source) { return tables(parts, source); }));
    router
        .add("GET", "/api/v1/sources/{source}/rejects", Access::read,
             "Its newest webhooks that were no calls")
        .asks({{"limit", "integer", "1 to 100; 20 when it is not given"}})
        .gives("Rejects")
        .does(one([&](const Request& request, const SourceRecord& source) {
            return rejects(parts, request, source);
        }));
    router
        .add("GET", "/api/v1/sources/{source}/hook", Access::manage,
             "The secret address that takes its webhooks")
        .gives("Hook")
        .does(one([&](const Request&, const SourceRecord& source) {
            return json_answer(
                hook_json(parts.store.sources().hook_tokens(source.number, parts.clock.now()),
                          parts.public_url));
        }));
    router
        .add("POST", "/api/v1/sources/{source}/rotate-hook", Access::manage,
             "Make a new address; the old one is good for a day")
        .gives("Hook")
        .does(one([&](const Request&, const SourceRecord& source) {
            return json_answer(
                hook_json(parts.store.sources().rotate_hook_token(source.number, parts.clock.now()),
                          parts.public_url));
        }));
}

}  // namespace ringtail::web
