#include "web/router.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::web {
namespace {

using Parts = std::vector<std::pair<std::string, std::string>>;

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char small = static_cast<char>(c | 0x20);
    return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                            hex_value(text[i + 2]) >= 0;
        if (!escape) {
            out += text[i];
            continue;
        }
        out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
        i += 2;
    }
    return out;
}

// The next segment, cut off `path`; both begin with a slash.
std::string_view next_segment(std::string_view& path) {
    const auto end = std::min(path.find('/', 1), path.size());
    const auto segment = path.substr(1, end - 1);
    path.remove_prefix(end);
    return segment;
}

std::optional<Parts> parts_of(std::string_view pattern, std::string_view path) {
    Parts parts;
    while (!pattern.empty() && !path.empty()) {
        const auto wanted = next_segment(pattern), given = next_segment(path);
        if (!wanted.starts_with('{')) {
            if (wanted != given) return std::nullopt;
            continue;
        }
        if (given.empty()) return std::nullopt;
        parts.emplace_back(wanted.substr(1, wanted.size() - 2), decoded(given));
    }
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return parts;
}

}  // namespace

std::string_view name_of(Access access) {
    switch (access) {
        case Access::open:
            return "open";
        case Access::metrics:
            return "metrics";
        case Access::read:
            return "read";
        case Access::manage:
            break;
    }
    return "manage";
}

const std::string& Request::part(std::string_view name) const {
    const auto found = std::ranges::find(parts, name, &Parts::value_type::first);
    if (found == parts.end())
        throw Error(Fault::bug, fmt::format("the path has no part \"{}\"", name));
    return found->second;
}

Route& Route::takes(std::string_view schema) {
    body = schema;
    return *this;
}

Route& Route::asks(std::vector<Parameter> parameters) {
    query = std::move(parameters);
    return *this;
}

Route& Route::gives(std::string_view schema, int good_status) {
    answer = schema;
    status = good_status;
    return *this;
}

Route& Route::does(std::function<http::Answer(const Request&)> handler) {
    handle = std::move(handler);
    return *this;
}

Route& Router::add(std::string_view method, std::string_view pattern, Access access,
                   std::string_view summary) {
    for (const auto& other : routes_)
        if (other.method == method && other.pattern == pattern)
            throw Error(Fault::bug, fmt::format("{} {} twice", method, pattern));
    auto& route = routes_.emplace_back();
    route.method = method;
    route.pattern = pattern;
    route.access = access;
    route.summary = summary;
    return route;
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
    Match match;
    if (!path.starts_with('/')) return match;
    for (const auto& route : routes_) {
        auto parts = parts_of(route.pattern, path);
        if (!parts) continue;
        if (route.method == method || (route.method == "GET" && method == "HEAD")) {
            match.route = &route;
            match.parts = std::move(*parts);
            match.allow.clear();
            return match;
        }
        if (!match.allow.empty()) match.allow += ", ";
        match.allow += route.method == "GET" ? "GET, HEAD" : route.method;
    }
    return match;
}

}  // namespace ringtail::web
