#include <fmt/format.h>

#include "web/answers.hpp"
#include "web/api.hpp"
#include "web/body.hpp"
#include "web/json_out.hpp"
#include "web/shapes.hpp"

namespace ringtail::web {
namespace {

using control::DestinationRecord;

std::function<http::Answer(const Request&)> of_destination(
    ApiParts& parts, std::function<http::Answer(const Request&, const DestinationRecord&)> handle) {
    return [&parts, handle = std::move(handle)](const Request& request) {
        const auto& name = request.part("destination");
        const auto destination = parts.store.destinations().find(name);
        if (!destination) return no_such("destination", name);
        return handle(request, *destination);
    };
}

http::Answer shown(ApiParts& parts, std::int64_t number, int status) {
    const auto destination = parts.store.destinations().find(number);
    if (!destination) return no_such("destination", std::to_string(number));
    return json_answer(destination_json(*destination), status);
}

http::Answer list(ApiParts& parts) {
    JsonArray items;
    for (const auto& destination : parts.store.destinations().list())
        items.add(destination_json(destination));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

http::Answer exists(const std::string& name) {
    return refusal(409, "exists", fmt::format("there is a destination \"{}\" already", name));
}

http::Answer add(ApiParts& parts, const Request& request) {
    const Body body(request, {"name", "url"});
    const auto name = body.wanted("name"), url = body.wanted("url");
    const auto shown_url = parts.actions.shown_url(url);
    if (parts.store.destinations().find(name)) return exists(name);
    const auto number = parts.store.destinations().add(name, url, shown_url, parts.clock.now());
    auto answer = shown(parts, number, 201);
    answer.headers.emplace_back("Location", "/api/v1/destinations/" + name);
    return answer;
}

http::Answer edit(ApiParts& parts, const Request& request, const DestinationRecord& destination) {
    const Body body(request, {"name", "url"});
    auto& destinations = parts.store.destinations();
    const auto name = body.text("name").value_or(destination.name);
    if (name != destination.name && destinations.find(name)) return exists(name);
    const auto url = body.text("url").value_or(destinations.url(destination.number));
    destinations.update(destination.number, name, url, parts.actions.shown_url(url));
    parts.actions.wake();
    return shown(parts, destination.number, 200);
}

http::Answer remove(ApiParts& parts, const DestinationRecord& destination) {
    for (const auto& source : parts.store.sources().list())
        if (source.destination == destination.number)
            return refusal(409, "in_use", fmt::format("source \"{}\" uses it", source.name),
                           "give that source another destination first");
    parts.store.destinations().remove(destination.number);
    return json_answer("", 204);
}

}  // namespace

void add_destination_routes(Router& router, ApiParts& parts) {
    const auto one = [&](auto handle) { return of_destination(parts, std::move(handle)); };
    router.add("GET", "/api/v1/destinations", Access::read, "All destinations")
        .gives("Destinations")
        .does([&](const Request&) { return list(parts); });
    router.add("POST", "/api/v1/destinations", Access::manage, "Add a database")
        .takes("NewDestination")
        .gives("Destination", 201)
        .does([&](const Request& request) { return add(parts, request); });
    router.add("GET", "/api/v1/destinations/{destination}", Access::read, "One destination")
        .gives("Destination")
        .does(one([](const Request&, const DestinationRecord& found) {
            return json_answer(destination_json(found));
        }));
    router
        .add("PATCH", "/api/v1/destinations/{destination}", Access::manage,
             "Change its name or URL")
        .takes("DestinationChange")
        .gives("Destination")
        .does(one([&](const Request& request, const DestinationRecord& found) {
            return edit(parts, request, found);
        }));
    router
        .add("DELETE", "/api/v1/destinations/{destination}", Access::manage,
             "Forget it; the database stays as it is")
        .gives("", 204)
        .does(one(
            [&](const Request&, const DestinationRecord& found) { return remove(parts, found); }));
}

}  // namespace ringtail::web
