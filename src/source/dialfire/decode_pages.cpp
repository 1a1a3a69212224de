#include "source/dialfire/decode_pages.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "source/dialfire/decode.hpp"
#include "source/dialfire/ids.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = JsonValue::Kind;

std::string text_of(JsonValue value) {
    std::string scratch;
    std::string_view text;
    return value.text(text, scratch) ? std::string(text) : std::string();
}

std::string usable_text(JsonValue value) {
    std::string text = text_of(value);
    return usable_id(text) ? text : std::string();
}

// 0 for anything else.
std::uint64_t whole_number(JsonValue value) {
    std::uint64_t number = 0;
    if (!value.is(Kind::number)) return 0;
    const std::string_view digits = value.raw();
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), number);
    return error == std::errc() && end == digits.end() ? number : 0;
}

std::optional<Event> to_event(JsonValue value) {
    const std::string text = text_of(value);
    const std::size_t first = text.find('|');
    const std::size_t second = first == std::string::npos ? first : text.find('|', first + 1);
    if (second == std::string::npos) return std::nullopt;
    Event event;
    event.mark = text.substr(0, text.find('|', second + 1));
    event.contact = event.mark.substr(second + 1);
    // Four digits of the sequence number follow the Z, or nothing (G-4).
    const std::string field = text.substr(0, first);
    const std::size_t z = field.find('Z');
    event.fired = z == std::string::npos ? field : field.substr(0, z + 1);
    if (!usable_id(event.contact)) return std::nullopt;
    return event;
}

}  // namespace

JsonValue::Elements page_results(JsonValue answer) {
    if (!answer.is(Kind::object)) throw Error(Fault::data, "the answer is no JSON object");
    const JsonValue results = answer.find("results");
    const JsonValue count = answer.find("count");
    const bool says_zero = count.is(Kind::number) && count.raw() == "0";
    const bool empty =
        results.exists() ? results.is_null() && (count.is_null() || says_zero) : says_zero;
    if (!results.is(Kind::array) && !empty) {
        throw Error(Fault::data, "the answer has no list \"results\"");
    }
    return results.elements();
}

std::string page_cursor(JsonValue answer) {
    const JsonValue cursor = answer.find("cursor");
    std::string scratch;
    std::string_view text;
    if (cursor.is_null()) return {};
    if (!cursor.text(text, scratch)) throw Error(Fault::data, "the answer's cursor is no text");
    return std::string(text);
}

void count_asked(std::span<const std::string> asked, const std::unordered_set<std::string>& decoded,
                 std::size_t unusable, Tally& tally) {
    const std::unordered_set<std::string_view> ids(asked.begin(), asked.end());
    const auto loaded =
        static_cast<std::size_t>(std::count_if(ids.begin(), ids.end(), [&](std::string_view id) {
            return decoded.contains(std::string(id));
        }));
    const std::size_t missing = ids.size() - loaded;
    const std::size_t rejected = std::min(unusable, missing);
    // Who is listed twice, with a change between, may be asked for twice by one request.
    tally.equal += asked.size() - ids.size();
    tally.loaded += loaded;
    tally.rejected += rejected;
    tally.gone += missing - rejected;
}

void require_whole(std::string_view body, char top) {
    char begins = '\0';
    try {
        begins = JsonDocument::check(body);
    } catch (const Error& error) {
        throw Error(Fault::transient, error.what());
    }
    if (begins != top) {
        throw Error(Fault::transient,
                    top == '[' ? "the answer is no JSON array" : "the answer is no JSON object");
    }
}

std::vector<Field> decode_fields(std::string_view body) try {
    const JsonDocument document(body);
    if (!document.root().is(Kind::array)) {
        throw Error(Fault::data, "the answer is no JSON array");
    }
    std::vector<Field> fields;
    for (const JsonValue element : document.root().elements()) {
        if (text_of(element.find("type")) != "field") continue;
        // A name that no column can have: the values go into _extra.
        std::string name = usable_text(element.find("name"));
        if (name.empty()) continue;
        const JsonValue deleted = element.find("deleted");
        fields.push_back({std::move(name), text_of(element.find("fieldType")),
                          deleted.exists() && deleted.raw() == "true"});
    }
    return fields;
} catch (const Error& error) {
    throw error.within("field list");
}

ListPage decode_list(std::string_view body) try {
    const JsonDocument document(body);
    ListPage page;
    for (const JsonValue element : page_results(document.root())) {
        std::string id = usable_text(element.find("id"));
        if (id.empty()) {
            ++page.unusable;
        } else {
            page.entries.push_back({std::move(id), text_of(element.find("md5"))});
        }
    }
    page.cursor = page_cursor(document.root());
    const std::uint64_t count = whole_number(document.root().find("count"));
    if (count > page.entries.size() + page.unusable) page.total = count;
    return page;
} catch (const Error& error) {
    throw error.within("contact list");
}

EventPage decode_events(std::string_view body) try {
    const JsonDocument document(body);
    EventPage page;
    for (const JsonValue element : page_results(document.root())) {
        if (auto event = to_event(element)) {
            page.events.push_back(*std::move(event));
        } else {
            page.unusable.emplace_back(element.raw());
        }
    }
    page.cursor = page_cursor(document.root());
    return page;
} catch (const Error& error) {
    throw error.within("transaction events");
}

std::string decode_cursor(std::string_view body) try {
    const JsonDocument document(body);
    page_results(document.root());
    return page_cursor(document.root());
} catch (const Error& error) {
    throw error.within("inbound calls");
}

}  // namespace ringtail::dialfire
