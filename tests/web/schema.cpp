#include "schema.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace ringtail::test {
namespace {

using Kind = JsonValue::Kind;

std::string text_of(JsonValue value) {
    std::string scratch;
    return std::string(value.text_or_raw(scratch));
}

bool is_of(JsonValue value, const std::string& type) {
    switch (value.kind()) {
        case Kind::null:
            return type == "null";
        case Kind::boolean:
            return type == "boolean";
        case Kind::number:
            return type == "number" || (type == "integer" &&
                                        value.raw().find_first_of(".eE") == std::string_view::npos);
        case Kind::string:
            return type == "string";
        case Kind::object:
            return type == "object";
        case Kind::array:
            return type == "array";
    }
    return false;
}

JsonValue at_reference(JsonValue document, const std::string& reference) {
    JsonValue found = document;
    for (std::size_t at = 2; at < reference.size();) {
        const auto end = std::min(reference.find('/', at), reference.size());
        found = found.find(reference.substr(at, end - at));
        at = end + 1;
    }
    if (!found.exists()) throw std::runtime_error("there is no " + reference);
    return found;
}

void check_words(JsonValue schema) {
    static constexpr std::array<std::string_view, 8> kKnown{
        "type",  "enum",   "properties", "required", "additionalProperties",
        "items", "format", "description"};
    for (const auto& [name, value] : schema.members())
        if (std::ranges::find(kKnown, text_of(name)) == kKnown.end())
            throw std::runtime_error("unknown word in a schema: " + text_of(name));
}

std::string type_violation(JsonValue type, JsonValue value) {
    if (!type.exists()) return "";
    bool good = false;
    if (type.is(Kind::array))
        for (const auto one : type.elements()) good = good || is_of(value, text_of(one));
    else
        good = is_of(value, text_of(type));
    return good ? "" : std::string(value.raw()) + " is not " + std::string(type.raw());
}

std::string object_violation(JsonValue schema, JsonValue value, JsonValue document) {
    for (const auto name : schema.find("required").elements())
        if (!value.find(text_of(name)).exists()) return "it has no " + text_of(name);
    const auto properties = schema.find("properties");
    const bool closed = schema.find("additionalProperties").exists();
    for (const auto& [name, member] : value.members()) {
        const auto wanted = properties.find(text_of(name));
        if (!wanted.exists() && closed) return "it has a member " + text_of(name);
        if (!wanted.exists()) continue;
        const auto wrong = violation(wanted, member, document);
        if (!wrong.empty()) return text_of(name) + ": " + wrong;
    }
    return "";
}

}  // namespace

std::string violation(JsonValue schema, JsonValue value, JsonValue document) {
    if (!schema.is(Kind::object)) throw std::runtime_error("no schema");
    if (const auto reference = schema.find("$ref"); reference.exists())
        return violation(at_reference(document, text_of(reference)), value, document);
    check_words(schema);
    if (auto wrong = type_violation(schema.find("type"), value); !wrong.empty()) return wrong;
    if (const auto values = schema.find("enum"); values.exists()) {
        bool good = false;
        for (const auto one : values.elements()) good = good || one.raw() == value.raw();
        if (!good) return std::string(value.raw()) + " is none of " + std::string(values.raw());
    }
    if (value.is(Kind::object)) return object_violation(schema, value, document);
    if (const auto items = schema.find("items"); items.exists() && value.is(Kind::array))
        for (const auto element : value.elements())
            if (auto wrong = violation(items, element, document); !wrong.empty()) return wrong;
    return "";
}

}  // namespace ringtail::test
