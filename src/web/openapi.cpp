#include "web/openapi.hpp"

#include <fmt/format.h>

#include <cctype>
#include <map>

#include "web/json_out.hpp"

namespace ringtail::web {
namespace {

std::string reference(std::string_view schema) {
    return JsonObject().text("$ref", fmt::format("#/components/schemas/{}", schema)).done();
}

std::string content(std::string_view schema) {
    return JsonObject()
        .raw("application/json", JsonObject().raw("schema", reference(schema)).done())
        .done();
}

std::string parameter(std::string_view name, std::string_view in, std::string_view type,
                      std::string_view text) {
    JsonObject schema;
    schema.text("type", type == "integer" ? "integer" : "string");
    if (type == "date-time") schema.text("format", type);
    JsonObject object;
    object.text("name", name).text("in", in).flag("required", in == "path");
    if (!text.empty()) object.text("description", text);
    return object.raw("schema", schema.done()).done();
}

std::string parameters(const Route& route) {
    JsonArray list;
    for (std::size_t at = 0; (at = route.pattern.find('{', at)) != std::string_view::npos;) {
        const auto name = route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1);
        list.add(
            parameter(name, "path", name == "job" || name == "run" ? "integer" : "string", ""));
        at += name.size();
    }
    for (const auto& query : route.query)
        list.add(parameter(query.name, "query", query.type, query.text));
    return list.done();
}

std::string responses(const Route& route) {
    JsonObject good;
    good.text("description", route.status == 204 ? "done" : "as asked for");
    if (!route.answer.empty()) good.raw("content", content(route.answer));
    JsonObject bad;
    bad.text("description", "what is wrong, and what to do").raw("content", content("Error"));
    return JsonObject()
        .raw(std::to_string(route.status), good.done())
        .raw("default", bad.done())
        .done();
}

std::string security(Access access) {
    JsonArray ways;
    if (access == Access::metrics) ways.add("{}");
    if (access != Access::open)
        ways.add(
            JsonObject()
                .raw("key", JsonArray()
                                .add('"' +
                                     std::string(name_of(access == Access::manage ? Access::manage
                                                                                  : Access::read)) +
                                     '"')
                                .done())
                .done());
    return ways.done();
}

std::string operation(const Route& route) {
    JsonObject object;
    object.text("summary", route.summary)
        .raw("parameters", parameters(route))
        .raw("security", security(route.access));
    if (!route.body.empty())
        object.raw("requestBody", JsonObject().raw("content", content(route.body)).done());
    return object.raw("responses", responses(route)).done();
}

std::string small(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

std::string openapi_json(const Router& router) {
    std::map<std::string_view, JsonObject> by_path;
    for (const auto& route : router.routes())
        by_path[route.pattern].raw(small(route.method), operation(route));
    JsonObject paths;
    for (const auto& [path, operations] : by_path) paths.raw(path, operations.done());
    const auto key =
        JsonObject()
            .text("type", "http")
            .text("scheme", "bearer")
            .text("description", "an API key: ringtail key add NAME --scope read or manage")
            .done();
    return JsonObject()
        .text("openapi", "3.1.0")
        .raw("info",
             JsonObject().text("title", "Ringtail").text("version", RINGTAIL_VERSION).done())
        .raw("paths", paths.done())
        .raw("components", JsonObject()
                               .raw("schemas", schemas_json())
                               .raw("securitySchemes", JsonObject().raw("key", key).done())
                               .done())
        .done();
}

}  // namespace ringtail::web
