#include "source/callkeeper/hook_body.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "json/document.hpp"
#include "json/text.hpp"
#include "json/write.hpp"
#include "source/callkeeper/fields.hpp"

namespace ringtail::callkeeper {
namespace {

// A call has about fifty.
constexpr std::size_t kMostFields = 1'000;
constexpr std::size_t kDeepest = 8;
constexpr std::string_view kBlanks = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return out;
}

Error no_call(const std::string& why) {
    return Error(Fault::data, "the request is no call: " + why)
        .with_hint(
            "A call is a JSON object, an array of them, form fields or a query, each with an id.");
}

struct Pair {
    std::string name, value;
};

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decode_percent(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape =
            text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        if (escape) {
            out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
            i += 2;
        } else {
            out += text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::vector<Pair> read_form(std::string_view text) {
    std::vector<Pair> pairs;
    while (!text.empty()) {
        const std::string_view part = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), part.size() + 1));
        if (part.empty()) continue;
        if (pairs.size() == kMostFields) throw no_call("it has more than 1,000 fields");
        const std::size_t equals = std::min(part.find('='), part.size());
        pairs.push_back({decode_percent(part.substr(0, equals)),
                         decode_percent(part.substr(std::min(equals + 1, part.size())))});
    }
    return pairs;
}

// The value of `name="…"` in a header.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
    std::size_t at = 0;
    while ((at = header.find(name, at)) != std::string_view::npos) {
        const bool whole = at == 0 || header[at - 1] == ' ' || header[at - 1] == ';';
        at += name.size();
        if (!whole || at >= header.size() || header[at] != '=') continue;
        const std::string_view rest = header.substr(at + 1);
        if (rest.starts_with('"')) return std::string(rest.substr(1, rest.substr(1).find('"')));
        return std::string(trimmed(rest.substr(0, rest.find(';'))));
    }
    return std::nullopt;
}

std::vector<Pair> read_multipart(std::string_view content_type, std::string_view body) {
    const auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty()) throw no_call("its content type names no boundary");
    const std::string mark = "--" + *boundary;
    std::vector<Pair> pairs;
    std::size_t at = body.find(mark);
    while (at != std::string_view::npos) {
        at += mark.size();
        const std::size_t end = body.find("\r\n" + mark, at);
        if (end == std::string_view::npos) break;
        const std::string_view part = body.substr(at, end - at);
        at = end + 2;
        const std::size_t text = part.find("\r\n\r\n");
        if (text == std::string_view::npos) continue;
        const auto name = parameter(part.substr(0, text), "name");
        if (!name) continue;
        if (pairs.size() == kMostFields) throw no_call("it has more than 1,000 fields");
        pairs.push_back({*name, std::string(part.substr(text + 4))});
    }
    return pairs;
}

// A field, or an object of fields.
struct Node {
    std::string name;
    std::optional<std::string> value;
    std::vector<Node> below;
};

// "a[b][c]" as a, b, c; any other name as it is.
std::vector<std::string> path_of(const std::string& name) {
    const std::size_t open = name.find('[');
    if (open == std::string::npos || open == 0 || name.back() != ']') return {name};
    std::vector<std::string> path{name.substr(0, open)};
    for (std::size_t at = open; at < name.size();) {
        const std::size_t close = name.find(']', at);
        if (name[at] != '[' || close == std::string::npos || path.size() == kDeepest) return {name};
        path.push_back(name.substr(at + 1, close - at - 1));
        at = close + 1;
    }
    return path;
}

void add(Node& root, const Pair& pair) {
    Node* node = &root;
    for (const std::string& name : path_of(pair.name)) {
        auto& level = node->below;
        auto found = std::ranges::find(level, name, &Node::name);
        if (found == level.end()) found = level.insert(level.end(), Node{name, {}, {}});
        node = &*found;
    }
    node->value = pair.value;
}

void write(const std::vector<Node>& nodes, std::string& out) {
    out += '{';
    for (const Node& node : nodes) {
        if (out.back() != '{') out += ',';
        out.append(json_string(node.name)).append(":");
        if (node.below.empty())
            out += json_string(node.value.value_or(""));
        else
            write(node.below, out);
    }
    out += '}';
}

bool has_id(JsonValue call) { return !is_blank(call.find("id")); }

std::vector<std::string> read_json(std::string_view text) {
    const JsonDocument document(text);
    std::vector<std::string> calls;
    bool any_id = false;
    const auto take = [&](JsonValue call) {
        any_id = any_id || has_id(call);
        calls.emplace_back(call.raw());
    };
    if (document.root().is(JsonValue::Kind::object)) take(document.root());
    for (const JsonValue element : document.root().elements()) take(element);
    if (calls.empty()) throw no_call("it holds none");
    if (!any_id) throw no_call("there is no id");
    return calls;
}

std::vector<std::string> read_fields(const std::vector<Pair>& pairs) {
    // One field that holds all of it as JSON.
    if (pairs.size() == 1 && trimmed(pairs[0].value).find_first_of("{[") == 0)
        return read_json(trimmed(pairs[0].value));
    Node call;
    for (const Pair& pair : pairs) add(call, pair);
    std::string object;
    write(call.below, object);
    return read_json(object);
}

}  // namespace

std::vector<std::string> parse_hook(std::string_view content_type, std::string_view query,
                                    std::string_view body) {
    const std::string_view text = trimmed(without_byte_order_mark(body));
    try {
        if (text.empty()) {
            if (trimmed(query).empty()) throw no_call("it is empty");
            return read_fields(read_form(query));
        }
        if (text.front() == '{' || text.front() == '[') return read_json(text);
        if (lower(content_type).find("multipart/form-data") != std::string::npos)
            return read_fields(read_multipart(content_type, body));
        if (text.find('=') != std::string_view::npos) return read_fields(read_form(text));
    } catch (const Error& error) {
        if (!error.hint().empty()) throw;  // one of ours
        throw no_call(error.what());
    }
    throw no_call("it is neither JSON nor form fields");
}

}  // namespace ringtail::callkeeper
