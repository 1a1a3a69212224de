#include "source/dialfire/delivery_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/json_string.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = JsonValue::Kind;

void append_escaped(std::string_view text, std::string& out) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (c == '\n') {
            out += "\\n";
        } else if (c == '\r') {
            out += "\\r";
        } else if (c == '\t') {
            out += "\\t";
        } else if (byte < 0x20 || c == '<' || c == '>' || c == '&') {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
        } else if (byte == 0xE2 &&
                   (text.substr(at, 3) == "\xE2\x80\xA8" || text.substr(at, 3) == "\xE2\x80\xA9")) {
            out += text[at + 2] == '\xA8' ? "\\u2028" : "\\u2029";
            at += 2;
        } else {
            out += c;
        }
    }
}

// A string that is no Unicode text: escape by escape, and what has no text stays as it came.
void append_broken(std::string_view body, std::string& out) {
    std::string text;
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t plain = std::min(body.find('\\', at), body.size());
        append_escaped(body.substr(at, plain - at), out);
        at = plain;
        if (at == body.size()) break;
        std::size_t length = std::max<std::size_t>(escape_length(body.substr(at)), 1);
        if (length == 6 && unescape(body.substr(at, 12), text) && body.substr(at + 6, 2) == "\\u") {
            length = 12;  // a pair of surrogates, or two escapes that are text each for themselves
        } else if (!unescape(body.substr(at, length), text)) {
            out += body.substr(at, length);
            at += length;
            continue;
        }
        append_escaped(text, out);
        at += length;
    }
}

void append_string(JsonValue value, std::string& out) {
    std::string scratch;
    std::string_view text;
    out += '"';
    if (value.text(text, scratch)) {
        append_escaped(text, out);
    } else {
        const std::string_view raw = value.raw();
        append_broken(raw.substr(1, raw.size() - 2), out);
    }
    out += '"';
}

void append_object(JsonValue object, std::string& out, std::string_view left_out) {
    struct Member {
        std::string name;
        JsonValue key, value;
    };
    std::vector<Member> members;
    for (const auto& [key, value] : object.members()) {
        std::string scratch;
        members.push_back({std::string(key.text_or_raw(scratch)), key, value});
    }
    // Stable: of equal names the last one stays the last.
    std::ranges::stable_sort(members, {}, &Member::name);
    out += '{';
    bool first = true;
    for (std::size_t i = 0; i < members.size(); ++i) {
        const Member& member = members[i];
        if (i + 1 < members.size() && members[i + 1].name == member.name) continue;
        if (!left_out.empty() && member.name == left_out) continue;
        if (!first) out += ',';
        first = false;
        append_string(member.key, out);
        out += ':';
        append_delivery_json(member.value, out);
    }
    out += '}';
}

}  // namespace

void append_delivery_json(JsonValue value, std::string& out, std::string_view left_out) {
    if (value.is(Kind::string)) return append_string(value, out);
    if (value.is(Kind::object)) return append_object(value, out, left_out);
    if (!value.is(Kind::array)) {
        out += value.exists() ? value.raw() : "null";
        return;
    }
    out += '[';
    bool first = true;
    for (const JsonValue element : value.elements()) {
        if (!first) out += ',';
        first = false;
        append_delivery_json(element, out);
    }
    out += ']';
}

}  // namespace ringtail::dialfire
