#include "web/body.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "json/text.hpp"

namespace ringtail::web {
namespace {

using Kind = JsonValue::Kind;

[[noreturn]] void bad(std::string_view name, std::string_view expected) {
    throw Error(Fault::config, fmt::format("\"{}\" must be {}", name, expected));
}

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, value);
    if (failure != std::errc() || stop != end) return std::nullopt;
    return value;
}

std::string json_of(const Request& request) {
    const auto& body = request.http.body;
    if (body.find_first_not_of(" \t\r\n") == std::string::npos) return "{}";
    return body;
}

}  // namespace

Body::Body(const Request& request, std::vector<std::string_view> names) try
    : text_(json_of(request)), document_(text_), root_(document_.root()) {
    if (!root_.is(Kind::object)) throw Error(Fault::config, "it must be a JSON object");
    for (const auto& [name, value] : root_.members()) {
        std::string scratch;
        const auto given = name.text_or_raw(scratch);
        if (std::ranges::find(names, given) == names.end())
            throw Error(Fault::config, fmt::format("it has no member \"{}\"", given))
                .with_hint(fmt::format("its members are: {}", fmt::join(names, ", ")));
    }
} catch (const Error& error) {
    throw Error(Fault::config, fmt::format("the request's body: {}", error.what()))
        .with_hint(error.hint());
}

std::optional<std::string> Body::text(std::string_view name) const {
    const auto value = root_.find(name);
    if (value.is_null()) return std::nullopt;
    std::string_view text;
    std::string scratch;
    if (!value.is(Kind::string) || !value.text(text, scratch)) bad(name, "a text");
    return std::string(text);
}

std::optional<std::int64_t> Body::number(std::string_view name) const {
    const auto value = root_.find(name);
    if (value.is_null()) return std::nullopt;
    const auto number = value.is(Kind::number) ? number_of(value.raw()) : std::nullopt;
    if (!number) bad(name, "a whole number");
    return number;
}

std::optional<bool> Body::flag(std::string_view name) const {
    const auto value = root_.find(name);
    if (value.is_null()) return std::nullopt;
    if (!value.is(Kind::boolean)) bad(name, "true or false");
    return value.raw() == "true";
}

std::optional<std::string> Body::object(std::string_view name) const {
    const auto value = root_.find(name);
    if (value.is_null()) return std::nullopt;
    if (!value.is(Kind::object)) bad(name, "an object");
    std::string out;
    append_minified(value.raw(), out);
    return out;
}

std::optional<Instant> Body::time(std::string_view name) const {
    const auto given = text(name);
    if (!given) return std::nullopt;
    const auto time = parse_time(*given);
    if (!time) bad(name, "a date or a time such as 2024-01-31 or 2024-01-31T08:00:00Z");
    return time;
}

std::string Body::wanted(std::string_view name) const {
    auto given = text(name);
    if (!given || given->empty())
        throw Error(Fault::config, fmt::format("\"{}\" must be given", name));
    return std::move(*given);
}

std::optional<std::int64_t> number_parameter(const Request& request, std::string_view name) {
    const auto given = request.http.parameter(name);
    if (!given) return std::nullopt;
    const auto number = number_of(*given);
    if (!number) bad(name, "a whole number");
    return number;
}

std::optional<Instant> time_parameter(const Request& request, std::string_view name) {
    const auto given = request.http.parameter(name);
    if (!given) return std::nullopt;
    const auto time = parse_time(*given);
    if (!time) bad(name, "a date or a time such as 2024-01-31 or 2024-01-31T08:00:00Z");
    return time;
}

std::optional<std::int64_t> number_part(const Request& request, std::string_view name) {
    return number_of(request.part(name));
}

}  // namespace ringtail::web
