#include "report/catalog.hpp"

#include <algorithm>
#include <array>

#include "base/nearest.hpp"

namespace ringtail::report {
namespace {

// Whether `path` is `object` or stands in it.
bool is_within(std::string_view path, std::string_view object) {
    return path.starts_with(object) && (path.size() == object.size() || path[object.size()] == '.');
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

}  // namespace

std::string_view name_of(Kind kind) {
    constexpr std::array<std::string_view, 7> kNames{"number", "text",   "moment",  "true or false",
                                                     "list",   "object", "anything"};
    return kNames[static_cast<std::size_t>(kind)];
}

std::optional<Field> Catalog::find(std::string_view path) const {
    if (path.empty() || path.front() == '.' || path.back() == '.' ||
        path.find("..") != std::string_view::npos)
        return std::nullopt;
    const auto exact = std::ranges::find(fields, path, &Field::path);
    if (exact != fields.end()) return *exact;
    for (const std::string& object : open) {
        if (path == object) return Field{object, Kind::object};
        if (is_within(path, object)) return Field{std::string(path), Kind::any};
    }
    const auto holds = [&](const Field& field) { return is_within(field.path, path); };
    if (std::ranges::any_of(fields, holds)) return Field{std::string(path), Kind::object};
    if (implied.empty() || is_within(path, implied)) return std::nullopt;
    return find(implied + "." + std::string(path));
}

std::string Catalog::near(std::string_view path) const {
    std::vector<std::string> paths;
    for (const Field& field : fields) {
        if (last_part(field.path) == path) return field.path;
        paths.push_back(field.path);
    }
    std::string in_full = nearest(path, paths);
    if (!in_full.empty()) return in_full;
    // A field whose object was left out or is another.
    std::vector<std::string> ends;
    ends.reserve(paths.size());
    for (const std::string& one : paths) ends.emplace_back(last_part(one));
    std::string end = nearest(last_part(path), ends);
    const auto found = std::ranges::find(ends, end);
    return end.empty() ? end : paths[static_cast<std::size_t>(found - ends.begin())];
}

Catalog Catalog::only(std::span<const std::string> wanted) const {
    Catalog left{type, {}, {}, implied};
    for (const std::string& path : wanted) {
        const auto known = find(path);
        if (!known) continue;
        for (const Field& field : fields) {
            if (!is_within(field.path, known->path)) continue;
            if (std::ranges::find(left.fields, field.path, &Field::path) == left.fields.end())
                left.fields.push_back(field);
        }
        for (const std::string& object : open) {
            if (is_within(object, known->path)) left.open.push_back(object);
        }
        if (known->kind == Kind::any) left.fields.push_back(*known);
    }
    return left;
}

}  // namespace ringtail::report
