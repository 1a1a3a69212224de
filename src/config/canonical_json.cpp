#include <map>

#include "config/set_up.hpp"
#include "json/document.hpp"
#include "json/text.hpp"

namespace ringtail::config {
namespace {

void append(JsonValue value, std::string& out) {
    if (value.is(JsonValue::Kind::object)) {
        std::map<std::string_view, JsonValue> members;
        for (const auto& [name, member] : value.members()) members[name.raw()] = member;
        char before = '{';
        for (const auto& [name, member] : members) {
            out += before;
            out += name;
            out += ':';
            append(member, out);
            before = ',';
        }
        out += members.empty() ? "{}" : "}";
    } else if (value.is(JsonValue::Kind::array)) {
        char before = '[';
        for (const JsonValue element : value.elements()) {
            out += before;
            append(element, out);
            before = ',';
        }
        out += before == '[' ? "[]" : "]";
    } else {
        out += value.raw();
    }
}

}  // namespace

std::string canonical_json(std::string_view json) {
    const JsonDocument document(json);
    std::string out;
    append(document.root(), out);
    return out;
}

}  // namespace ringtail::config
